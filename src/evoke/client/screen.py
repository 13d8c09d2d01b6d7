"""One reply on its way to the screen, piece by piece. Knows a guard's patterns and the length of a reply, no model.

Words are released as soon as they cannot be the beginning of a forbidden pattern any more, so that a break of role
never reaches the screen and nothing else waits. A reply that runs long ends at a sentence's end.
"""

from __future__ import annotations

import regex

from evoke.client.guard import Fault, Guard
from evoke.settings import REPLY_FULL_WORDS, REPLY_SENTENCES, REPLY_WORDS

SENTENCE_END = regex.compile(r"(?:(?<=\w)[.!?…]|[.!?…]{2,})[”’')]*(?=\s|\Z)")
WORTH_KEEPING = 3  # words; a shorter beginning is no reply
_LOOSE_END = regex.compile(r"\s*[(\[][^)\]]*\Z|\*|\s*[\"”]?\s*\Z")
_EDGE = regex.compile(r"\s*[\"”]?\s*\Z")


class Screen:
    """Feed it pieces; it answers with what may be shown.

    `shown` is all that was released; `done` says that nothing more will be. A `fault` means that the reply cannot
    stand, `trimmed` that it could be ended in time before a forbidden part.
    """

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._held = ""
        self.shown, self.heard = "", ""
        self.done = False
        self.fault: Fault | None = None
        self.trimmed: Fault | None = None

    def feed(self, piece: str) -> str:
        """A piece from the model; the answer is what may be shown now."""
        if self.done:
            return ""
        self.heard += piece
        self._held += piece
        self._drop(final=False)
        if not self._stop(final=False):
            return self._release(self._within_length(self._safe()))
        return self._release(len(self._held))

    def finish(self) -> str:
        """The model has stopped; the answer is what was held back and may be shown after all."""
        if self.done:
            return ""
        self._drop(final=True)
        self._held = _LOOSE_END.sub("", self._held)
        if not self._stop(final=True):
            self._held = self._held[: self._within_length(len(self._held), final=True)]
        self.done = True
        released = self._release(len(self._held))
        if not self.shown and not self.fault:
            self.fault = Fault(rule="empty", said=self.heard)
        return released

    @property
    def _text(self) -> str:
        return self.shown + self._held

    def _release(self, free: int) -> str:
        released, self._held = self._held[:free], self._held[free:]
        self.shown += released
        return released

    def _drop(self, *, final: bool) -> None:
        """Take out what may go in passing; a match that touches the end waits for more."""
        for _, pattern in self._guard.drops:
            while found := self._found(pattern, final=final):
                begin, end = (place - len(self.shown) for place in found.span())
                self._held = self._held[:begin] + self._held[end:]
        if not self.shown:
            self._held = self._held.lstrip()

    def _stop(self, *, final: bool) -> bool:
        """End the reply before the first forbidden part, if there is one: in time, or as a fault."""
        forbidden = [
            (found.start(), name)
            for name, pattern in (*self._guard.breaks, *self._guard.cuts)
            if (found := self._found(pattern, final=final))
        ]
        if not forbidden:
            return False
        begin, rule = min(forbidden)
        whole = whole_sentences(self._text[:begin])
        self.done = True
        if len(whole.split()) >= WORTH_KEEPING and len(whole) >= len(self.shown.rstrip()):
            self.trimmed = Fault(rule=rule, said=self.heard)
            self._held = whole[len(self.shown) :]
        else:
            self.fault = Fault(rule=rule, said=self.heard)
            self._held = ""
        return True

    def _found(self, pattern: regex.Pattern[str], *, final: bool) -> regex.Match[str] | None:
        """A match in what is held that more words could not undo."""
        found = pattern.search(self._text, len(self.shown))
        return found if found and (final or found.end() < len(self._text)) else None

    def _safe(self) -> int:
        """How much of what is held cannot be the beginning of anything forbidden, nor a closing blank or quote."""
        text = self._text
        begins = self._guard.beginning.search(text, len(self.shown), partial=True)
        free = (begins.start() if begins else len(text)) - len(self.shown)
        edge = _EDGE.search(self._held[:free])
        return edge.start() if edge else free

    def _within_length(self, free: int, *, final: bool = False) -> int:
        """How much of the free part keeps the reply in length. Sets `done` where the reply ends here."""
        text = self._text[: len(self.shown) + free]
        ends = [found.end() for found in SENTENCE_END.finditer(text) if final or found.end() < len(self._text)]
        fitting = [end for end in ends if len(text[:end].split()) <= REPLY_WORDS]
        enough = [end for end in fitting[REPLY_SENTENCES - 1 :] if len(text[:end].split()) >= REPLY_FULL_WORDS]
        last = enough[0] if enough else fitting[-1] if fitting else 0
        full = bool(enough) or len(text.split()) > REPLY_WORDS
        if full and last >= len(self.shown.rstrip()) and last:
            self.done = True
            return max(0, last - len(self.shown))
        if full:
            return self._trail_off(text)
        waits = len(text[:last].split()) >= REPLY_FULL_WORDS and not final
        return max(0, last - len(self.shown)) if waits else free

    def _trail_off(self, text: str) -> int:
        """End a sentence that will not end, after the last word that fits, the way people do in a chat."""
        words = list(regex.finditer(r"\S+", text))
        end = max(words[REPLY_WORDS - 1].end(), len(self.shown)) if len(words) >= REPLY_WORDS else len(text)
        self._held = text[len(self.shown) : end].rstrip(" ,;:-.") + "…"
        self.done = True
        return len(self._held)


def whole_sentences(text: str) -> str:
    """The text up to its last sentence's end; empty where no sentence is whole."""
    ends = [found.end() for found in SENTENCE_END.finditer(text.rstrip())]
    return text[: ends[-1]] if ends else ""
