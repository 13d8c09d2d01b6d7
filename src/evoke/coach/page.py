"""A report as one HTML page that needs nothing else: no script, no network. Everything from outside is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from pathlib import Path
from string import Template

from evoke.coach.charts import balance_chart, state_chart, talk_chart
from evoke.coach.feedback import Item
from evoke.coach.globals import Global, Globals
from evoke.coach.moments import Moment
from evoke.coach.quotes import Quote
from evoke.coach.report import Report
from evoke.coach.words import BANDS, GLOBALS, ORIGINS, ROOMS, STAGES, VARIABLES
from evoke.coder.table import code_name, table
from evoke.codes import Coded
from evoke.measures import THRESHOLDS, Banded, Measures
from evoke.transcript import Turn


def page(report: Report) -> str:
    """The whole page."""
    name = report.name or "the client"
    parts = (
        _summary(report),
        _section("What you did well", "".join(_item(item, name, again=False) for item in report.strengths)),
        _section("What to try", "".join(_item(item, name, again=True) for item in report.growth)),
        _section("Measures", _measures(report.measures)),
        _section("The four MITI globals, as bands", _globals(report.globals)),
        _section("Empathy and direction", balance_chart(report.balance) + _rooms(report)),
        _section("Change and sustain talk", talk_chart(report.measures) + _quarters(report.measures)),
        _section("The client's state", state_chart(report.turns) + _steps(report.turns)),
        _section("Moments that moved the client", "".join(_moment(moment) for moment in report.moments)),
        _section("Transcript", "".join(_turn(turn, name) for turn in report.turns)),
        _section("Technical", _technical(report)),
    )
    about = f"<p>About: {escape(report.target)}</p>" if report.target else ""
    title = escape(f"Debrief of a talk with {name}")
    return Template(_file("page.html")).substitute(
        title=title, style=_file("page.css"), intro=about, body="\n".join(parts)
    )


@cache
def _file(name: str) -> str:
    return Path(__file__).with_name(name).read_text("utf-8")


def _section(title: str, inside: str) -> str:
    """A section, left out where there is nothing to put in."""
    return f"<section><h2>{escape(title)}</h2>\n{inside}\n</section>" if inside else ""


def _summary(report: Report) -> str:
    notes = "".join(f'<p class="note">{escape(note)}</p>' for note in report.notes)
    return (f"<p>{escape(report.summary)}</p>" if report.summary else "") + notes


def _item(item: Item, name: str, *, again: bool) -> str:
    """One strength or growth point."""
    then = f"<p>Then {escape(name)} said:</p>{_quote(item.then)}" if item.then else ""
    after = f"<p>{escape(item.after)}</p>" if item.after else ""
    link = f'<p><a href="#turn-{escape(item.quote.turn_id, quote=True)}">See it in the transcript</a></p>'
    inside = f"<p>You said:</p>{_quote(item.quote)}<p>{escape(item.text)}</p>{then}{after}"
    return f"<article><h3>{escape(item.title)}</h3>{inside}{_better(item, again=again)}{_why(item)}{link}</article>"


def _better(item: Item, *, again: bool) -> str:
    if item.better is None:
        return ""
    origin = ORIGINS[item.better.origin] + (f" ({item.better.model})" if item.better.model else "")
    lead = "You could try" if again else "From there you could go on with"
    return (
        f"<p>{lead} <span class=soft>({escape(origin)})</span>:</p><blockquote>{escape(item.better.text)}</blockquote>"
    )


def _why(item: Item) -> str:
    if item.why is None:
        return ""
    sources = "".join(f"<li>{escape(source)}</li>" for source in item.why.sources)
    title = escape(f"Why it matters: {item.why.title}")
    return f"<details><summary>{title}</summary><p>{escape(item.why.body)}</p><ul class=soft>{sources}</ul></details>"


def _quote(words: Quote) -> str:
    more = "…" if words.cut and not words.text.endswith((".", "!", "?")) else ""
    return f"<blockquote>“{escape(words.text)}{more}”</blockquote>"


def _measures(found: Measures) -> str:
    rows: list[tuple[str, str, Banded | None, str]] = [
        ("Reflections to questions", _ratio(found.reflections_per_question), "reflections_per_question",
         f"{found.reflections} to {found.questions}"),
        ("Complex among reflections", _percent(found.complex_share), "complex_share",
         f"{found.complex_reflections} of {found.reflections}; raters agree poorly on this one"),
        ("Open among questions", _percent(found.open_share), None, "raters agree poorly on this one too"),
        ("MI-adherent turns", str(found.adherent), None, "affirming, seeking collaboration, emphasizing autonomy"),
        ("MI-non-adherent turns", str(found.non_adherent), None, "persuading, confronting"),
        ("Your share of the words", _percent(found.talk_share), None, ""),
        ("Change talk among change and sustain talk", _percent(found.change_share), None,
         f"{found.change_talk} and {found.sustain_talk} client turns"),
    ]  # fmt: skip
    body = [(label, value, _band(found, key), detail) for label, value, key, detail in rows]
    counts = [(code_name(code), str(count)) for code, count in found.counts.items() if count]
    return _table(("Measure", "Here", "MITI band", "From"), body, "Each code counts at most once a turn") + _details(
        "Counts of every code", _table(("Code", "Turns"), counts, "")
    )


def _band(found: Measures, key: Banded | None) -> str:
    if key is None:
        return "none set"
    shown = _percent if key == "complex_share" else _ratio
    limits = f"fair from {shown(THRESHOLDS[key].fair)}, good from {shown(THRESHOLDS[key].good)}"
    return f"{BANDS[found.bands[key]]}; {limits}" if key in found.bands else f"not applicable; {limits}"


def _globals(rated: Globals | None) -> str:
    if rated is None:
        return ""
    sums = [
        ("Technical", BANDS[rated.technical_band], "cultivating change talk, softening sustain talk"),
        ("Relational", BANDS[rated.relational_band], "partnership, empathy"),
    ]
    return "".join(_global(rating) for rating in rated.ratings) + _table(("Summary", "Band", "Of"), sums, "")


def _global(rating: Global) -> str:
    shown = "".join(f"<li>You {escape(one.why)}: {_quote(one.quote)}</li>" for one in rating.evidence)
    evidence = f"<ul>{shown}</ul>" if shown else "<p>Nothing in this talk moved it from the middle.</p>"
    return f"<h3>{GLOBALS[rating.name]}: {BANDS[rating.band]}</h3>{evidence}"


def _rooms(report: Report) -> str:
    rows = [(ROOMS[room], str(count)) for room, count in report.balance.rooms.items()]
    placed = [
        (str(place.number), ROOMS[place.room].split(":")[0], "You " + "; ".join(place.why))
        for place in report.balance.places
    ]
    if not placed:
        return ""
    return _table(("Room", "Your turns"), rows, "") + _details(
        "Where each of your turns stands", _table(("Turn", "Room", "Because"), placed, "")
    )


def _quarters(found: Measures) -> str:
    if found.change_share is None:
        return ""
    row = ("Change talk", *(_percent(share) for share in found.change_by_quarter))
    heads = ("Quarter", "First", "Second", "Third", "Last")
    return _table(heads, [row], "Change talk among change and sustain talk, by quarter of the client's turns")


def _steps(turns: Sequence[Turn]) -> str:
    rows = [(VARIABLES[step.variable], step.amount, step.reason, turn.text) for turn in turns for step in turn.steps]
    last = next((turn.state for turn in reversed(turns) if turn.state), None)
    where = f"<p>At the end the client was {escape(STAGES[last.stage])}.</p>" if last else ""
    return where + (_details("Every step, and why", _table(("What", "By", "Why", "At"), rows, "")) if rows else "")


def _moment(moment: Moment) -> str:
    way = "toward trust or change" if moment.weight > 0 else "away from trust or change"
    shifts = ", ".join(f"{VARIABLES[shift.variable].lower()} {shift.delta:+.1f}" for shift in moment.shifts)
    reasons = "".join(f"<li>{escape(reason)}</li>" for reason in moment.reasons)
    then = f"<p>Then:</p>{_quote(moment.then)}" if moment.then else ""
    detail = f"<p class=soft>{escape(shifts)}</p>" if shifts else ""
    return (
        f"<article><h3>Your turn {moment.number}, {way}</h3>{_quote(moment.quote)}{then}{detail}"
        f"{f'<ul>{reasons}</ul>' if reasons else ''}</article>"
    )


def _turn(turn: Turn, name: str) -> str:
    who = "You" if turn.speaker == "learner" else name[0].upper() + name[1:]
    tags = "".join(f"<span class=tag>{escape(tag)}</span>" for tag in _tags(turn))
    reason = turn.coded.reason if turn.coded else ""
    cut = " <span class=soft>(interrupted)</span>" if turn.status == "interrupted" else ""
    return (
        f'<div class="turn {turn.speaker}" id="turn-{escape(turn.id, quote=True)}"><strong>{escape(who)}</strong>{cut}'
        f"<p class=words>{escape(turn.text)}</p>{tags} <span class=soft>{escape(reason)}</span></div>"
    )


def _tags(turn: Turn) -> list[str]:
    """Codes of a turn in words."""
    if not isinstance(turn.coded, Coded):
        return ["Not coded"] if turn.coded else []
    if turn.coded.talk:
        kind = f": {table().kinds[turn.coded.talk_kind].name.lower()}" if turn.coded.talk_kind else ""
        return [table().talk[turn.coded.talk].name + kind]
    return [code_name(code) for code in turn.coded.codes] or ["No code"]


def _technical(report: Report) -> str:
    tech = report.technical
    rows = [
        ("Client's voice", tech.model or "unknown"),
        ("Seed", "none" if tech.seed is None else str(tech.seed)),
        ("Counsellor", tech.counsellor or "unknown"),
        ("Persona", _persona(report)),
        ("Tokens", f"{tech.usage.prompt_tokens} in, {tech.usage.completion_tokens} out, {tech.usage.calls} calls"),
        ("Coach's model", tech.coach_model or "none; all words are authored"),
        ("Coach's tokens", f"{tech.coach_usage.prompt_tokens} in, {tech.coach_usage.completion_tokens} out"),
        ("Client turns with the card's talk", f"{tech.authored}; the coder had heard {tech.heard_otherwise} otherwise"),
        ("Turns not coded", str(len(tech.uncoded))),
    ]  # fmt: skip
    caught = [(one.catch.rule, one.catch.said, one.catch.outcome) for one in tech.caught]
    guard = _table(("Rule", "What the model said", "What came of it"), caught, "Replies that the guard caught")
    return _details("How the session ran", _table(("", ""), rows, "") + (guard if caught else ""))


def _persona(report: Report) -> str:
    card = report.persona
    return f"{card.id} {card.version} ({card.hash})" if card else "none"


def _details(title: str, inside: str) -> str:
    return f"<details><summary>{escape(title)}</summary>{inside}</details>"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], caption: str) -> str:
    """A table whose first column names its rows."""
    head = "".join(f"<th scope=col>{escape(one)}</th>" for one in heads) if any(heads) else ""
    body = "".join(
        f"<tr><th scope=row>{escape(first)}</th>{''.join(f'<td>{escape(cell)}</td>' for cell in rest)}</tr>"
        for first, *rest in rows
    )
    top = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f"<table>{top}{f'<thead><tr>{head}</tr></thead>' if head else ''}<tbody>{body}</tbody></table>"


def _percent(share: float | None) -> str:
    return "not applicable" if share is None else f"{share:.0%}"


def _ratio(value: float | None) -> str:
    return "not applicable" if value is None else f"{value:.2g} to 1"
