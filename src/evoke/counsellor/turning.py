"""A client's own clause turned round to be given back: "I load wagons" becomes "you load wagons". Knows no policy."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SENTENCE = re.compile(r"[^.!?…;]+[.!?…;]?")
_TOKEN = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)?")
_SECOND_PERSON = re.compile(r"\byou(r|rs|['’]\w+)?\b", re.IGNORECASE)
_TURNED = {
    "i": "you", "me": "you", "my": "your", "mine": "yours", "myself": "yourself", "i'm": "you're", "i've": "you've",
    "i'd": "you'd", "i'll": "you'll", "am": "are", "we": "you", "us": "you", "our": "your", "ours": "yours",
    "we're": "you're", "we've": "you've", "we'd": "you'd", "we'll": "you'll",
}  # fmt: skip
_SUBJECT = re.compile(
    r"(?:^|,\s+|\b(?:and|but|because|so|that)\s+)"
    r"(?P<clause>(?:I|I['’](?:m|ve|d|ll)|we|we['’](?:re|ve|d|ll)|(?:my|our)\s+[a-z]+(?:\s+[a-z]+)?(?:['’]s|\s+(?:is|are|was|"
    r"were|has|had|can|could|will|would|does|did|gets?|got|says?|said|thinks?|keeps?|kept|goes|went|comes|came|makes?|"
    r"made|rings?|never|still|always|only|[a-z]+ed)\b))\s.+)$",
    re.IGNORECASE | re.DOTALL,
)
_BEGINS = re.compile(r"^(?:if|when|since|because|before|till|until) (?=(?:I|we|my|our)\b)", re.IGNORECASE)
_ASIDE = re.compile(
    r",? (?:to be (?:fair|honest)|you know|I (?:think|suppose|guess|mean|reckon)|like|um|though|mind|innit|see|no)"
    r"(?:,|(?=[.!…]|$))"
    r"|, (?:oh|well|hello|please|love|mate|man|sir|miss|doctor|ey|eh)\b",
    re.IGNORECASE,
)
_TAIL = re.compile(r",? (?:but|so|and) (?:this|that|it|what|who|where|there|here|look|no|yes|yeah)\b.*$", re.IGNORECASE)
LONGEST, SHORTEST = 16, 4  # words of a clause worth giving back


def clauses(text: str) -> list[str]:
    """The clauses in which the client speaks of themselves, turned round, in order; without a full stop.

    A clause begins with the client as its subject ("I", "we", "my mother"), so that it can stand by itself.
    """
    found = []
    for sentence in _SENTENCE.findall(text):
        plain = _TAIL.sub("", _ASIDE.sub("", sentence.strip(" .,!…;:-—–'’\"")))
        match = _SUBJECT.search(plain)
        clause = plain if match and _BEGINS.match(plain) else match["clause"] if match else ""
        clause = clause.strip(" .,!…;:-—–")
        whole = not _BEGINS.match(clause) or "," in clause
        fits = whole and SHORTEST <= len(clause.split()) <= LONGEST
        if fits and not sentence.endswith("?") and not _SECOND_PERSON.search(clause):
            found.append(turned(clause))
    return found


def turned(clause: str) -> str:
    """First person to second, "was" after "you" to "were"; a lower-case beginning."""
    words = _TOKEN.sub(lambda match: _TURNED.get(match[0].lower().replace("’", "'"), match[0]), clause)
    words = re.sub(r"\byou was\b", "you were", words, flags=re.IGNORECASE)
    return words[0].lower() + words[1:]


def thing(text: str, plain: Iterable[str]) -> str | None:
    """A noun-like word of the client's, with "your" or "the" before it as they had it; None where none stands out."""
    found = re.findall(r"\b(my|the|our)\s+([a-z]{4,})\b", text, re.IGNORECASE)
    words = [(owner.lower(), word.lower()) for owner, word in found if word.lower() not in set(plain)]
    return f"{'the' if words[0][0] == 'the' else 'your'} {words[0][1]}" if words else None
