"""From a language model's judgements to a turn's codes: its quotes checked, the volley rules applied. Asks nobody."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from evoke.coder import reasons
from evoke.coder.llm_shape import Behaved, Cut, Leaned, Named, Uttered
from evoke.coder.permission import leave_to_advise
from evoke.coder.scores import LearnerScores
from evoke.coder.split import Clause, clauses
from evoke.coder.volley import Decision, Label, Name, decide
from evoke.codes import CODES, Code, Coded, QuestionType, UtteranceCode
from evoke.settings import CODE_BARELY, CODE_REASON, CODE_SURE, CODE_TORN
from evoke.transcript import Turn

_APOSTROPHES = "['’‘ʼ]"
_QUOTATION = '["“”„]'


def fault_of(cut: Cut, turn: Turn) -> str | None:
    """What is wrong with a cut: words that do not stand in the turn in that order, or too few of them; else None."""
    found = located(cut, turn.text)
    if found is None:
        return "it quoted words that do not stand in this turn"
    told, said = (sum(len(text.split()) for text in texts) for texts in ((c.text for c in found), (turn.text,)))
    return None if found and told * 2 >= said else "it left most of the turn's words out"


def located(cut: Cut, text: str) -> tuple[Clause, ...] | None:
    """Each utterance at its place in `text`, letter by letter as it stands there; None where one does not stand there.

    Only spaces and the shape of quotation marks may differ from the model's copy.
    """
    found: list[Clause] = []
    for one in cut.utterances:
        match = _copied(one.words).search(text, found[-1].end if found else 0)
        if match is None or not match[0]:
            return None
        found.append(Clause(match[0], match.start(), match.end(), _sentence_at(text, match.start())))
    return tuple(found)


def learner(turn: Turn, context: Sequence[Turn], main: Behaved, cut: Cut) -> Coded:
    """The codes of a learner turn by the volley rules. `cut` has no fault."""
    found = located(cut, turn.text) or ()
    heard = [_shares(one) for one in cut.utterances]
    decision = decide(found, _scores(main, cut, heard), leave_to_advise(context))
    if decision.question:
        decision = replace(decision, question=_question(cut) or decision.question)
    return Coded(
        speaker="learner",
        behaviour=decision.behaviour,
        codes=decision.codes,
        question=decision.question,
        reflection=decision.reflection,
        reason=reasons.of_volley(decision),
        utterances=tuple(_utterance(one, turn, found, cut, decision) for one in decision.labels),
    )


def client(leaned: Leaned, named: Named | None) -> Coded:
    """The codes of a client turn. The model's reason stands, because its label does."""
    return Coded(
        speaker="client",
        talk=leaned.talk,
        talk_kind=named.kind if named else None,
        reason=_one_line((named or leaned).reason) or reasons.of_talk(leaned.talk, named.kind if named else None),
    )


def _copied(words: str) -> re.Pattern[str]:
    parts = [re.escape(word) for word in words.split()]
    pattern = r"\s+".join(parts)
    return re.compile(re.sub('["“”„]', _QUOTATION, re.sub("['’‘ʼ]", _APOSTROPHES, pattern)))


def _sentence_at(text: str, start: int) -> int:
    return max((one.sentence for one in clauses(text) if one.start <= start), default=0)


def _shares(one: Uttered) -> dict[Code, float]:
    """How strongly an utterance's code and its rival count where the rules compare them."""
    shares = dict.fromkeys(CODES, 0.0)
    if one.code == "uncoded":
        return shares
    if one.rival == "uncoded":
        shares[one.code] = CODE_BARELY
    elif one.rival == "none" or one.rival == one.code:
        shares[one.code] = CODE_SURE
    else:
        shares[one.code], shares[one.rival] = CODE_TORN
    return shares


def _scores(main: Behaved, cut: Cut, heard: Sequence[Mapping[Code, float]]) -> LearnerScores:
    closed: QuestionType = "closed" if _question(cut) == "closed" else "open"
    deeper = any(one.code == "complex_reflection" for one in cut.utterances)
    return LearnerScores(
        behaviour=_chosen(main.behaviour, ("question", "reflection", "therapist_input", "other")),
        question=_chosen(closed, ("open", "closed")),
        reflection=_chosen("complex" if deeper else "simple", ("simple", "complex")),
        codes={code: max(shares[code] for shares in heard) for code in CODES},
        by_clause=tuple(heard),
    )


def _chosen(name: Name, among: Sequence[Name]) -> dict[Name, float]:
    rest = (1 - CODE_SURE) / (len(among) - 1)
    return {one: CODE_SURE if one == name else rest for one in among}


def _question(cut: Cut) -> QuestionType | None:
    """Open or closed as the model said of the last question, None where it said neither."""
    for one in reversed(cut.utterances):
        if one.question != "none":
            return one.question
    return None


def _utterance(one: Label, turn: Turn, found: Sequence[Clause], cut: Cut, decision: Decision) -> UtteranceCode:
    """A label in the turn's own letters, with the model's reason where the rules left its code as it was."""
    own = [u for u, clause in zip(cut.utterances, found, strict=True) if clause == one.clause]
    kept = _one_line(own[0].reason) if own and own[0].code == (one.code or "uncoded") else ""
    return UtteranceCode(
        text=turn.text[one.clause.start : one.clause.end],
        code=one.code,
        probability=round(one.probability, 4),
        reason=kept or reasons.of_utterance(one, decision.question),
    )


def _one_line(reason: str) -> str:
    """A model's reason as one short line without control characters."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in reason).split())
    return line if len(line) <= CODE_REASON else line[: CODE_REASON - 1].rsplit(None, 1)[0] + "…"
