"""Figures that are shares of turns or of sessions. `eval.client.figures` says what they have in common."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations, pairwise

from eval.client.intervals import Interval, ratio, ratio_of_ratios
from evoke.codes import Coded, Talk
from evoke.counsellor.scripts import talk_of
from evoke.measures import QUARTERS
from evoke.transcript import Transcript, Turn

MOTIVATED_WITHIN = 20  # learner turns
BRIEF = 4  # words from which a reply is more than a back-channel
Exchange = tuple[Turn, Turn]  # a learner's turn and the client's answer


def found(talks: Sequence[Transcript]) -> dict[str, Interval]:
    """Every figure of this module that the talks say something about."""
    skilled, ours = by_policy(talks, "skilled"), simulated(talks)
    our_skilled = simulated(skilled)
    return known({
        **_mix(skilled), **_persistence(skilled), **_quarters(skilled),
        "open_over_closed": open_over_closed(skilled),
        "unasked_over_asked": unasked_over_asked(talks),
        "motivated_in_20": share_of(our_skilled, lambda talk: motivated_at(talk) <= MOTIVATED_WITHIN),
        "repeated": repeated(talks, lambda words: words >= BRIEF),
        "repeated_brief": repeated(talks, lambda words: words < BRIEF),
        "seeds_alike": seeds_alike(ours),
        "left": share_of(ours, left),
        "closed_by_client": share_of(our_skilled, lambda talk: talk.turns[-1].move == "close"),
        **{f"left_{name}": share_of(by_policy(ours, name), left) for name in ("skilled", "directive", "hostile")},
    })  # fmt: skip


def by_policy(talks: Iterable[Transcript], policy: str) -> list[Transcript]:
    """The talks with one counsellor."""
    return [talk for talk in talks if talk.counsellor == policy]


def simulated(talks: Iterable[Transcript]) -> list[Transcript]:
    """The talks that were held here, with a state behind every turn."""
    return [talk for talk in talks if talk.persona]


def known(figures: dict[str, Interval | None]) -> dict[str, Interval]:
    """Those that have a value."""
    return {name: figure for name, figure in figures.items() if figure}


def exchanges(talk: Transcript) -> list[Exchange]:
    """Each learner's turn with the client's answer to it."""
    return [(one, two) for one, two in pairwise(talk.turns) if (one.speaker, two.speaker) == ("learner", "client")]


def replies(talk: Transcript) -> list[Turn]:
    """The client's turns after the opening."""
    return [turn for turn in talk.turns[1:] if turn.speaker == "client"]


def motivated_at(talk: Transcript) -> float:
    """The learner turn (from 1) by whose answer the client stands in preparation for the first time; inf if never."""
    places = (n for n, (_, said) in enumerate(exchanges(talk), 1) if said.state and said.state.stage == "preparation")
    return next(places, float("inf"))


def share_of(talks: Sequence[Transcript], holds: Callable[[Transcript], bool]) -> Interval | None:
    """The share of sessions for which something holds."""
    return ratio([holds(talk) for talk in talks], [1] * len(talks))


def left(talk: Transcript) -> bool:
    """Whether the client walked out."""
    return talk.turns[-1].move == "leave"


def open_over_closed(talks: Sequence[Transcript]) -> Interval | None:
    """Share of change talk in answers to turns with an open question, divided by that after a closed question.

    A turn counts by its question type as coded, whatever else it holds, except persuasion and confrontation.
    """
    parts = [_after(talks, lambda coded, kind=kind: coded.question == kind and not _pushes(coded), "change")
             for kind in ("open", "closed")]  # fmt: skip
    return ratio_of_ratios(*parts[0], *parts[1])


def unasked_over_asked(talks: Sequence[Transcript]) -> Interval | None:
    """Share of sustain talk in answers to `persuade`, divided by that in answers to `persuade_with_permission`."""
    unasked = _after(
        talks, lambda coded: coded.has("persuade") and not coded.has("persuade_with_permission"), "sustain"
    )
    asked = _after(talks, lambda coded: coded.has("persuade_with_permission"), "sustain")
    return ratio_of_ratios(*unasked, *asked)


def repeated(talks: Sequence[Transcript], counts: Callable[[int], bool]) -> Interval | None:
    """Share of client turns (those whose number of words counts) that were said before in their session.

    Case and punctuation make no difference.
    """
    parts, wholes = [], []
    for talk in talks:
        said = [plain(turn.text) for turn in talk.turns if turn.speaker == "client"]
        here = [n for n, words in enumerate(said) if counts(len(words.split()))]
        parts.append(sum(said[n] in said[:n] for n in here))
        wholes.append(len(here))
    return ratio(parts, wholes)


def plain(text: str) -> str:
    """Words in lower case, a blank between them."""
    return " ".join(re.findall(r"[\w']+", text.lower()))


def seeds_alike(talks: Sequence[Transcript]) -> Interval | None:
    """Share of pairs of sessions with one client and one counsellor but two seeds that say the same."""
    groups: dict[tuple[str, str | None], list[Transcript]] = {}
    for talk in talks:
        groups.setdefault((talk.persona.id if talk.persona else "", talk.counsellor), []).append(talk)
    pairs = [pair for group in groups.values() for pair in combinations([_moves(talk) for talk in group], 2)]
    return ratio([one == two for one, two in pairs], [1] * len(pairs)) if pairs else None


def _moves(talk: Transcript) -> tuple[tuple[str | None, str], ...]:
    return tuple((turn.move, turn.text) for turn in talk.turns if turn.speaker == "client")


def _mix(talks: Sequence[Transcript]) -> dict[str, Interval | None]:
    """Shares of each talk in the client's replies."""
    said = [[talk_of(turn) for turn in replies(talk)] for talk in talks]
    return {f"talk_{one}": ratio([talk.count(one) for talk in said], [len(talk) for talk in said])
            for one in ("neutral", "change", "sustain")}  # fmt: skip


def _persistence(talks: Sequence[Transcript]) -> dict[str, Interval | None]:
    """P(the client's next reply is `then` | this one is `now`), as `<then>_after_<now>`."""
    pairs = [list(pairwise([talk_of(turn) for turn in replies(talk)])) for talk in talks]
    wanted = (("change", "change"), ("sustain", "sustain"), ("sustain", "change"))
    return {
        f"{then}_after_{now}": ratio(
            [session.count((now, then)) for session in pairs], [sum(a == now for a, _ in session) for session in pairs]
        )
        for now, then in wanted
    }


def _quarters(talks: Sequence[Transcript]) -> dict[str, Interval | None]:
    """Change talk out of change and sustain talk by quarter of the client's replies, all sessions added up."""
    made: dict[str, Interval | None] = {}
    for quarter in range(QUARTERS):
        parts = [_part([talk_of(turn) for turn in replies(talk)], quarter) for talk in talks]
        changes = [part.count("change") for part in parts]
        leaning = [part.count("change") + part.count("sustain") for part in parts]
        made[f"quarter_{quarter + 1}"] = ratio(changes, leaning)
    return made


def _part(said: list[Talk], quarter: int) -> list[Talk]:
    edges = [round(n * len(said) / QUARTERS) for n in (quarter, quarter + 1)]
    return said[edges[0] : edges[1]]


def _after(talks: Sequence[Transcript], wanted: Callable[[Coded], bool], talk: Talk) -> tuple[list[int], list[int]]:
    """A session: answers that are `talk`, out of answers to wanted learner turns."""
    answers = [
        [talk_of(said) for asked, said in exchanges(one) if isinstance(asked.coded, Coded) and wanted(asked.coded)]
        for one in talks
    ]
    return [one.count(talk) for one in answers], [len(one) for one in answers]


def _pushes(coded: Coded) -> bool:
    return coded.has("persuade", "confront")
