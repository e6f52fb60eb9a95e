"""Many photos: listed once, scored by processes of this machine or by a Ray cluster, written as they are done."""
