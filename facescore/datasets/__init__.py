"""The data sets, in the layout of their official downloads, as tables of files and labels."""

from facescore.datasets import celeba, mebeauty, omi, scut

SOURCES = {"celeba": celeba.SOURCE, "scut": scut.SOURCE, "mebeauty": mebeauty.SOURCE, "omi": omi.SOURCE}
"""Name, source, licence and picture folder of each data set."""
