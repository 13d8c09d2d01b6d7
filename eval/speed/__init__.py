"""Timings of a turn, a start and a fresh set-up."""
