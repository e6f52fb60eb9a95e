"""The networks, one file per family, in Keras 3: `build` and, for those that are served, `linear_head`."""
