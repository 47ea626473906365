"""Lodestone: from a dated export curb to the shortage, its cost and the response, every number sourced."""

__version__ = "0.1.0"
