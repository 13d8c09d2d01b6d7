"""From what a model says of each clause to the codes of a volley: the parsing and tie-break rules of MITI 4.2.1.

Pure and without a model: the same scores and the same leave always give the same decision. Numbers stand in
`rules.yaml`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from typing import TypeVar

from evoke.coder.permission import Leave
from evoke.coder.rules import found, rules
from evoke.coder.scores import LearnerScores
from evoke.coder.split import Clause
from evoke.codes import ADHERENT, CODES, Behaviour, Code, QuestionType, ReflectionType

Name = TypeVar("Name", bound=str)

REFLECTIONS: frozenset[Code] = frozenset({"simple_reflection", "complex_reflection"})
INPUTS: frozenset[Code] = frozenset({"give_information", "persuade", "persuade_with_permission"})
GROUPS: dict[Behaviour, frozenset[Code]] = {
    "question": frozenset({"question"}),
    "reflection": REFLECTIONS,
    "therapist_input": INPUTS,
}
_ALSO_FITS: dict[Behaviour, frozenset[Code]] = {
    "question": frozenset({"seek_collaboration", "confront", "persuade"}),
    "reflection": frozenset({"affirm", "confront"}),
    "therapist_input": frozenset({"seek_collaboration", "emphasize_autonomy", "confront"}),
}


@dataclass(frozen=True)
class Label:
    """One clause, or several joined, with the one code it earned, if any."""

    clause: Clause
    code: Code | None
    probability: float


@dataclass(frozen=True)
class Decision:
    """The codes of a volley, each at most once, and the utterances that earned them."""

    behaviour: Behaviour
    codes: tuple[Code, ...]
    question: QuestionType | None
    reflection: ReflectionType | None
    labels: tuple[Label, ...]


def decide(clauses: Sequence[Clause], scores: LearnerScores, leave: Leave) -> Decision:
    """The whole way from scores to a decision; `leave` is what the turns before say of leave to advise."""
    heard = with_leave([_vetoed(c.text, p) for c, p in zip(clauses, scores.by_clause, strict=True)], clauses, leave)
    labels = [label(clause, codes) for clause, codes in zip(clauses, heard, strict=True)]
    behaviour = likeliest(scores.behaviour)
    if behaviour == "other":
        labels = [_only_if_sure(one) for one in labels]
        behaviour = _behaviour_of(labels)
    else:
        labels = _with_main_code(labels, heard, behaviour, scores)
        behaviour = _agreeing(behaviour, labels)
    labels = one_kind_of_advice(one_kind_of_reflection(joined(without_setups(labels))))
    codes = volley_codes(labels)
    return Decision(
        behaviour=behaviour,
        codes=codes,
        question=question_type(clauses, scores) if behaviour == "question" or "question" in codes else None,
        reflection=_reflection_type(codes),
        labels=tuple(labels),
    )


def question_type(clauses: Sequence[Clause], scores: LearnerScores) -> QuestionType:
    """By the form of the last question where that is plain (closed: a yes, a no or a number answers it; MISC 2.5)."""
    forms = rules().question_forms
    for clause in reversed(clauses):
        form = next((form for form, patterns in forms.items() if found(patterns, clause.text)), None)
        if form:
            return form
    return likeliest(scores.question)


def likeliest(shares: Mapping[Name, float]) -> Name:
    """The name with the largest share, the first of them where two are equal."""
    return max(shares, key=lambda name: shares[name])


def label(clause: Clause, codes: Mapping[Code, float]) -> Label:
    """The one code of a clause: those at their bar, less the losers of each tie, then the most probable."""
    code = resolve({code: p for code, p in codes.items() if p >= rules().bars[code]})
    return Label(clause, code, codes[code] if code else 1 - max(codes.values()))


def resolve(fitting: Mapping[Code, float]) -> Code | None:
    """One of the codes that reached their bar, by the tie-break order; None where none did or a tie keeps none."""
    left = dict(fitting)
    for tie in rules().ties:
        one, other = tie.between
        if one in left and other in left and (tie.always or abs(left[one] - left[other]) < rules().unsure):
            for loser in {one, other} - {tie.keep}:
                del left[loser]
    others = {code: p for code, p in left.items() if code not in ADHERENT}
    if others and left and max(left.values()) - max(others.values()) < rules().unsure:
        left = others  # MITI: adherent or any other code, unsure: the other
    return likeliest(left) if left else None


def with_leave(
    heard: Sequence[Mapping[Code, float]], clauses: Sequence[Clause], leave: Leave
) -> list[Mapping[Code, float]]:
    """Move the weight between the two kinds of persuasion by leave given, lapsed, or worded in this very volley."""
    words = rules().permission
    asked_here = found((*words.asks_leave, *words.may_be_set_aside), " ".join(c.text for c in clauses))
    autonomy = any(codes["emphasize_autonomy"] >= rules().leaves_free for codes in heard)
    if leave == "given" or asked_here or autonomy:
        return [_moved(codes, "persuade", "persuade_with_permission") for codes in heard]
    if leave == "lapsed":
        return [_moved(codes, "persuade_with_permission", "persuade") for codes in heard]
    return list(heard)


def without_setups(labels: Sequence[Label]) -> list[Label]:
    """Within one sentence, a restatement before a question only sets it up, and a confrontation swallows it."""
    kept: list[Label] = []
    for _, group in groupby(labels, key=lambda one: one.clause.sentence):
        sentence = list(group)
        given = {one.code for one in sentence}
        dropped = set(REFLECTIONS) if "question" in given else set()
        if "confront" in given:
            dropped.add("question")
        kept += [replace(one, code=None) if one.code in dropped else one for one in sentence]
    return kept


def joined(labels: Sequence[Label]) -> list[Label]:
    """Parse less: neighbouring clauses of a sentence become one utterance unless they earned different codes."""
    made: list[Label] = []
    for one in labels:
        if made and one.clause.sentence == made[-1].clause.sentence and _together(made[-1], one):
            made[-1] = _join(made[-1], one)
        else:
            made.append(one)
    return made


def one_kind_of_reflection(labels: Sequence[Label]) -> list[Label]:
    """Any complex reflection makes the volley's reflection complex; codes between them change nothing."""
    return _outranked(labels, winner="complex_reflection", loser="simple_reflection")


def one_kind_of_advice(labels: Sequence[Label]) -> list[Label]:
    """Persuasion with permission anywhere in the volley outranks persuasion in it."""
    return _outranked(labels, winner="persuade_with_permission", loser="persuade")


def volley_codes(labels: Sequence[Label]) -> tuple[Code, ...]:
    """Each code at most once, in the order of `CODES`: one question, one reflection, one persuasion."""
    return tuple(code for code in CODES if any(one.code == code for one in labels))


def _outranked(labels: Sequence[Label], *, winner: Code, loser: Code) -> list[Label]:
    if not any(one.code == winner for one in labels):
        return list(labels)
    return [replace(one, code=winner) if one.code == loser else one for one in labels]


def _vetoed(text: str, codes: Mapping[Code, float]) -> Mapping[Code, float]:
    """The scores with 0 for every code that bare words such as "great!" cannot earn."""
    refused = {code for code, patterns in rules().vetoes.items() if found(patterns, text)}
    return {code: 0.0 if code in refused else p for code, p in codes.items()}


def _moved(codes: Mapping[Code, float], source: Code, to: Code) -> Mapping[Code, float]:
    return {**codes, source: 0.0, to: min(1.0, max(codes[to], codes[source]))}


def _only_if_sure(one: Label) -> Label:
    """In a turn that as a whole is none of the three, their codes need to be sure."""
    in_groups = one.code in frozenset().union(*GROUPS.values())
    return replace(one, code=None) if in_groups and one.probability < rules().sure else one


def _behaviour_of(labels: Sequence[Label]) -> Behaviour:
    """The behaviour of the most probable code that belongs to one, else "other"."""
    for one in sorted(labels, key=lambda one: -one.probability):
        for behaviour, codes in GROUPS.items():
            if one.code in codes:
                return behaviour
    return "other"


def _agreeing(behaviour: Behaviour, labels: Sequence[Label]) -> Behaviour:
    """The behaviour unless the codes that were earned all speak against it; then theirs."""
    given = {one.code for one in labels if one.code}
    if not given or given & (GROUPS[behaviour] | _ALSO_FITS[behaviour]):
        return behaviour
    return _behaviour_of(labels)


def _with_main_code(
    labels: list[Label], heard: Sequence[Mapping[Code, float]], behaviour: Behaviour, scores: LearnerScores
) -> list[Label]:
    """A turn that mainly asks, reflects or informs has a code that says so; the likeliest uncoded clause gets it.

    Where another code was earned, the clause must at least hint at the main one; where none was, a code of another
    kind that is nearly earned, and likelier than the main one, takes its place.
    """
    wanted = GROUPS[behaviour]
    free = [n for n, one in enumerate(labels) if one.code is None]
    if not free or any(one.code in wanted | _ALSO_FITS[behaviour] for one in labels):
        return labels
    place = max(free, key=lambda n: max(heard[n][code] for code in wanted))
    made, main = list(labels), max(heard[place][code] for code in wanted)
    if len(free) < len(labels) and main < rules().hint:
        return labels
    if len(free) == len(labels):
        rivals = {(n, code): p for n in free for code, p in heard[n].items() if code not in wanted | ADHERENT}
        (n, code), share = max(rivals.items(), key=itemgetter(1))
        if share >= rules().nearly and share > main:
            made[n] = Label(labels[n].clause, code, share)
            return made
    code = _main_code(behaviour, heard[place], scores)
    made[place] = Label(labels[place].clause, code, max(heard[place][code], scores.behaviour[behaviour] / 2))
    return made


def _main_code(behaviour: Behaviour, codes: Mapping[Code, float], scores: LearnerScores) -> Code:
    if behaviour == "question":
        return "question"
    if behaviour == "reflection":
        complex_enough = scores.reflection["complex"] - scores.reflection["simple"] >= rules().unsure
        return "complex_reflection" if complex_enough else "simple_reflection"
    return resolve({code: codes[code] for code in sorted(INPUTS)}) or "give_information"


def _together(before: Label, one: Label) -> bool:
    return before.code == one.code or before.code is None or one.code is None


def _join(before: Label, one: Label) -> Label:
    gap = " " if one.clause.start > before.clause.end else ""
    text = before.clause.text + gap + one.clause.text
    chosen = before if one.code is None or (before.code and before.probability >= one.probability) else one
    return Label(
        Clause(text, before.clause.start, one.clause.end, one.clause.sentence), chosen.code, chosen.probability
    )


def _reflection_type(codes: Sequence[Code]) -> ReflectionType | None:
    return "complex" if "complex_reflection" in codes else "simple" if "simple_reflection" in codes else None
