"""The networks in Keras 3, one file per family, each with `build` and, if it is served, `linear_head`."""
