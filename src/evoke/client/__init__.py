"""The client: a mind in code (state, director) and a voice from a model (voice, guard). Knows no page and no store."""
