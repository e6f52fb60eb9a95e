"""What the networks learn from: data sets in the layout of their official downloads, as tables of files and labels."""
