"""Many photos: listed once, scored by processes on this machine or by a Ray cluster, and written as they are done."""
