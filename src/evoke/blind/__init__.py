"""The blind reading sheet: a trainer rates excerpts of simulated and of their own talks without knowing which is which.

excerpts  cut from talks, names taken out      sheet  the page to read, the form, and the key
scoring   a filled-in form against the key
"""

from __future__ import annotations
