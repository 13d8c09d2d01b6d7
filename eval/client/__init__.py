"""The client: role keeping, whole talks, relevance of lines."""
