"""One file per producer: its published layout in, facts out."""
