"""What is wrong with a whole reply that no pattern can see: repetition, echo, swapped pronouns, an early disclosure.

Knows words only; every check is arithmetic on them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from functools import cache, lru_cache

from evoke.client.guard import guard_rows
from evoke.codes import Frozen

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


class Around(Frozen):
    """What a reply is held against: the learner's words, earlier replies, the lines handed, facts that are closed."""

    learner: str
    earlier: tuple[str, ...]
    lines: tuple[str, ...]
    closed: tuple[str, ...]


def fault_of(reply: str, around: Around) -> str | None:
    """The name of the first check that the reply fails; None where it may stand."""
    return next((name for name, failed in CHECKS.items() if failed(reply, around)), None)


def repeats(reply: str, around: Around) -> bool:
    """Whether the reply was said before, nearly word for word."""
    limits = guard_rows().whole
    words = _words(reply)
    return len(words) >= limits.repeat_words and any(
        _common(words, old) >= limits.repeat_share and _overlap(words, old) >= limits.repeat_share
        for old in map(_words, around.earlier)
    )


def echoes(reply: str, around: Around) -> bool:
    """Whether the reply mostly gives the learner's own words back."""
    limits = guard_rows().whole
    words, heard = _words(reply), _words(around.learner)
    if len(words) < limits.repeat_words or _overlap(words, _words(" ".join(around.lines))) >= limits.echo_share:
        return False
    return _overlap(words, heard) >= limits.echo_share


def swaps(reply: str, around: Around) -> bool:
    """Whether a line came out with its people exchanged: "she sat with me" said as "I sat with you"."""
    words = _words(reply)
    return any(_swapped(_words(sentence), words) for line in around.lines for sentence in re.split(r"[.!?…]", line))


def discloses(reply: str, around: Around) -> bool:
    """Whether the reply tells a fact that is not open yet."""
    limits = guard_rows().whole
    handed = _content(" ".join(around.lines))
    said = _content(reply) - handed
    for fact in around.closed:
        wanted = _content(fact) - handed
        if len(wanted & said) >= limits.disclosed_words and len(wanted & said) >= limits.disclosed_share * len(wanted):
            return True
    return False


CHECKS: dict[str, Callable[[str, Around], bool]] = {
    "repeat": repeats,
    "echo": echoes,
    "swap": swaps,
    "disclosure": discloses,
}


@lru_cache(maxsize=512)  # of a session's replies, each of which the next ones are held against
def _words(text: str) -> tuple[str, ...]:
    return tuple(word.replace("’", "'") for word in _WORD.findall(text.lower()))


def _common(words: Sequence[str], others: Sequence[str]) -> float:
    """The share of `words` that stand in `others` at all, which no overlap can exceed."""
    known = set(others)
    return sum(word in known for word in words) / len(words)


def _overlap(words: Sequence[str], others: Sequence[str]) -> float:
    """The share of `words` that stand in `others` in runs of three or more, in order."""
    if not words:
        return 0.0
    blocks = SequenceMatcher(None, words, others, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks if block.size >= 3) / len(words)


def _swapped(line: Sequence[str], reply: Sequence[str]) -> bool:
    """Whether aligned words of the first, second and third person are exchanged between a sentence and the reply."""
    matcher = SequenceMatcher(None, line, reply, autojunk=False)
    same = sum(block.size for block in matcher.get_matching_blocks())
    if len(line) < 4 or same < len(line) / 2:
        return False
    changed = [
        (old, new)
        for tag, a, b, c, d in matcher.get_opcodes()
        if tag == "replace" and b - a == d - c
        for old, new in zip(line[a:b], reply[c:d], strict=True)
    ]
    return any(_persons(old, new) for old, new in changed)


def _persons(old: str, new: str) -> bool:
    """Whether one word is of the first or third person and the other of the second, or first and third."""
    before, after = _person().get(old), _person().get(new)
    return before is not None and after is not None and before != after


@cache
def _person() -> dict[str, int]:
    return {word: n for n, words in enumerate(guard_rows().whole.persons) for word in words}


def _content(text: str) -> set[str]:
    """Words that carry meaning, cut to six letters so that forms of one word count as one."""
    plain = guard_rows().whole.plain_words
    return {word[:6] for word in _words(text) if len(word) > 2 and word not in plain}
