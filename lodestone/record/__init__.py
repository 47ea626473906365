"""The graph of figures, bundle format, why, diff, on generic nodes."""
