"""Sector shortfall to value added, jobs and GDP."""
