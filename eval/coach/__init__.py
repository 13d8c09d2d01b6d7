"""The coach: whether its bands tell good sessions from poor ones."""
