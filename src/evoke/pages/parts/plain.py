"""Words that are shown as they were written, whatever they contain. Knows Streamlit's Markdown, not who wrote them.

Learners' words, model replies and imported cards are untrusted: nothing in them may become a link, an image, a heading,
a formula or an icon. `st.text` is the safest place for them; `plain` is for words inside a sentence, quote or label.
"""

from __future__ import annotations

import re
import string
from typing import Literal

Colour = Literal["red", "orange", "yellow", "blue", "green", "violet", "gray"]

_SPECIAL = re.compile(f"([{re.escape(string.punctuation)}])")
_JOINER = "\u2060"  # shows nothing, and no pattern of Streamlit's reaches across it
# Streamlit looks for these in the finished text, after backslashes have been taken away.
_LATE = re.compile(r"(?<=:)(?=\S)|(?<=\S)(?=@)|(?<=www)(?=\.)|(?<=[-<>~])(?=[-=>])", re.IGNORECASE)
_LINES = re.compile(r"\s*\n\s*")


def plain(words: str) -> str:
    """Markdown that shows `words` literally, on as many lines as they have."""
    held_apart = _LATE.sub(_JOINER, words.strip())
    return _LINES.sub("  \n", _SPECIAL.sub(r"\\\1", held_apart))


def spoken_by(who: str, words: str) -> str:
    """A name in small letters, and below it `words` literally, in quotation marks."""
    return f":small[**{plain(who)}**]  \n“{plain(words)}”"


def quoted(words: str) -> str:
    """`words` literally, as a Markdown block quote."""
    return "> " + plain(words).replace("\n", "\n> ")


def shortened(words: str, letters: int = 90) -> str:
    """The beginning of `words` on one line, cut between words and marked with an ellipsis where it is cut."""
    line = " ".join(words.split())
    return line if len(line) <= letters else line[:letters].rsplit(" ", 1)[0] + " …"
