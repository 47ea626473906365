"""One file per kind of chart: each draws a `Chart`'s tables and computes nothing."""
