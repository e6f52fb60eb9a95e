"""Pictures that nobody would send by mistake: seeds of every format, and what can be done to their bytes."""
