"""The one line a learner reads under a coded turn: the wording of `codes.yaml` and the words that decided.

Knows no model; it only tells what was decided.
"""

from __future__ import annotations

from collections.abc import Sequence

from evoke.coder.rules import found, rules
from evoke.coder.table import table
from evoke.coder.volley import Decision, Label
from evoke.codes import Code, Coded, QuestionType, Talk, TalkKind

MOST = 3  # codes told in one line


def of_utterance(one: Label, question: QuestionType | None) -> str:
    """Why one utterance has its code, with the words that show it where there are such words."""
    if one.code is None:
        return _sentence("carries no code")
    kind = question if one.code == "question" and question else None
    reason = table().questions[kind].reason if kind else table().codes[one.code].reason
    return _sentence(reason + _quoted(kind or one.code, one.clause.text))


def of_volley(decision: Decision) -> str:
    """Why a learner turn has its codes, in the order they were said."""
    told: list[str] = []
    seen: set[Code] = set()
    for one in decision.labels:
        if one.code and one.code not in seen and len(told) < MOST:
            told.append(of_utterance(one, decision.question).rstrip("."))
            seen.add(one.code)
    if not told:
        return _sentence(table().behaviours[decision.behaviour].reason)
    return _sentence(", then ".join([told[0], *(_lowered(reason) for reason in told[1:])]))


def of_talk(talk: Talk, kind: TalkKind | None) -> str:
    """Why a client turn leans as it does."""
    leaning = table().talk[talk].reason
    if kind is None or talk == "neutral":
        return _sentence(leaning)
    entry = table().kinds[kind]
    return _sentence(f"{leaning}: {entry.change if talk == 'change' else entry.sustain}")


def as_authored(talk: Talk, kind: TalkKind | None) -> Coded:
    """The code of words that were said as they stand on the client's card: what their author meant by them."""
    shares = {f"talk.{talk}": 1.0} | ({f"kind.{kind}": 1.0} if kind else {})
    return Coded(speaker="client", talk=talk, talk_kind=kind, reason=of_talk(talk, kind), probabilities=shares)


def _quoted(sign: str, text: str) -> str:
    """The words that show a code, in quotation marks, with dots where the sentence goes on."""
    words = text.strip()
    match = found(rules().signs.get(sign, ()), words)
    if not match:
        return ""
    shown = words[match.start() : match.end()].strip(" ?.!,")
    return f' ("{shown}")' if match.end() >= len(words) else f' ("{shown} …")'


def _sentence(reason: str) -> str:
    return f"{reason[0].upper()}{reason[1:]}."


def _lowered(reason: str) -> str:
    return reason[0].lower() + reason[1:]


def names(codes: Sequence[Code]) -> str:
    """Codes as a person reads them, such as "Affirmation, Question"; "no code" where there is none."""
    return ", ".join(table().codes[code].name for code in codes) or "no code"
