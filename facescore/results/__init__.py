"""Results of training runs, read and arranged once for model cards, README, docs and the page."""
