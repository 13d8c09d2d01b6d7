"""Evoke: a practice room for motivational interviewing. Knows nothing at import but its version."""

__version__ = "0.1.0"
