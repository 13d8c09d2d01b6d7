"""Whether the client has given leave to advise: asked for and granted, or asked for by the client. Knows words only.

MITI 4.2.1: leave may come before the advice and lasts for a while; it lapses when the topic changes. Here it lasts two
learner turns and lapses when the client refuses or turns to something else.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from evoke.coder.rules import PermissionWords, found, rules
from evoke.transcript import Turn

Leave = Literal["given", "lapsed", "none"]


def leave_to_advise(context: Sequence[Turn]) -> Leave:
    """What `context`, oldest first, says of leave to advise now."""
    words = rules().permission
    for n in range(len(context) - 1, -1, -1):
        since = [turn for turn in context[n + 1 :] if turn.speaker == "learner"]
        if len(since) >= words.learner_turns:
            return "none"
        if context[n].speaker == "client" and _gives(context, n, words):
            return "lapsed" if _moved_on(context[n:], words) else "given"
    return "none"


def _gives(context: Sequence[Turn], n: int, words: PermissionWords) -> bool:
    """Whether the client's turn `n` asks for advice or agrees to the learner's request for leave just before."""
    said = context[n].text
    if found(words.asks_advice, said):
        return True
    asked = n > 0 and context[n - 1].speaker == "learner" and found(words.asks_leave, context[n - 1].text)
    return bool(asked and found(words.agrees, said) and not found(words.refuses, said))


def _moved_on(turns: Sequence[Turn], words: PermissionWords) -> bool:
    """Whether the client turned to something else, in the turn that gave leave or after it."""
    client = [turn.text for turn in turns if turn.speaker == "client"]
    return any(found(words.changes_topic, text) or found(words.refuses, text) for text in client[1:])
