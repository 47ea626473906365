"""Measures and shocks, draws, the weekly step, the ensemble."""
