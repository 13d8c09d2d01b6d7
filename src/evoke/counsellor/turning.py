"""A client's own clause turned round to be given back: "I load wagons" becomes "you load wagons". Knows no policy."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SENTENCE = re.compile(r"[^.!?…;]+[.!?…;]?")
_TOKEN = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)?")
_FIRST_PERSON = re.compile(r"\b(i|i['’](m|ve|d|ll)|my|me|mine|myself|we|our)\b", re.IGNORECASE)
_SECOND_PERSON = re.compile(r"\byou(r|rs|['’]\w+)?\b", re.IGNORECASE)
_TURNED = {
    "i": "you", "me": "you", "my": "your", "mine": "yours", "myself": "yourself", "i'm": "you're", "i've": "you've",
    "i'd": "you'd", "i'll": "you'll", "am": "are", "we": "you", "us": "you", "our": "your", "we're": "you're",
    "we've": "you've",
}  # fmt: skip
_OPENERS = re.compile(
    r"^(?:(?:so|well|look|listen|okay|ok|yeah|yes|no|and|but|because|i mean|honestly|maybe|oh|mm|right)\b[,.]?\s*)+",
    re.IGNORECASE,
)
LONGEST, SHORTEST = 16, 3  # words of a clause worth giving back


def clauses(text: str) -> list[str]:
    """The clauses in which the client speaks of themselves, turned round, in order; without a full stop."""
    found = []
    for sentence in _SENTENCE.findall(text):
        clause = _OPENERS.sub("", sentence.strip()).strip(" .,!…;")
        fits = SHORTEST <= len(clause.split()) <= LONGEST
        if fits and not sentence.endswith("?") and _FIRST_PERSON.search(clause) and not _SECOND_PERSON.search(clause):
            found.append(turned(clause))
    return found


def turned(clause: str) -> str:
    """First person to second, "was" after "you" to "were"; a lower-case beginning."""
    words = _TOKEN.sub(lambda match: _TURNED.get(match[0].lower().replace("’", "'"), match[0]), clause)
    words = re.sub(r"\byou was\b", "you were", words, flags=re.IGNORECASE)
    first = words.split()[0]
    proper = first[0].isupper() and clause.split()[0] == first and first.lower() not in _COMMON
    return words if proper else words[0].lower() + words[1:]


_COMMON = frozenset({  # words that begin a sentence with a capital and are no names
    "the", "a", "an", "my", "your", "his", "her", "their", "our", "it", "that", "this", "there", "they", "he",
    "she", "we", "you", "now", "then", "when", "if", "in", "on", "at", "for", "to", "from", "with", "some",
    "every", "most", "one", "two", "three", "four", "five", "six", "nobody", "somebody", "everybody", "never",
    "always", "just", "last", "first", "still", "even", "sometimes", "after", "before", "since", "what",
    "where", "how", "who", "mornings", "evenings", "nights"
})  # fmt: skip


def thing(text: str, plain: Iterable[str]) -> str | None:
    """A noun-like word of the client's, with "your" or "the" before it as they had it; None where none stands out."""
    found = re.findall(r"\b(my|the|our)\s+([a-z]{4,})\b", text, re.IGNORECASE)
    words = [(owner.lower(), word.lower()) for owner, word in found if word.lower() not in set(plain)]
    return f"{'the' if words[0][0] == 'the' else 'your'} {words[0][1]}" if words else None
