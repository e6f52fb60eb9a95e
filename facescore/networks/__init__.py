"""The networks, one file a family, in Keras 3: `build`, and where it is served `linear_head`."""
