"""What a run left, read and arranged once for model cards, README, docs and the page."""
