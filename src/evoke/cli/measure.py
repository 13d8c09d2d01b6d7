"""`evoke simulate`, `code`, `score` and `debrief`: what a machine reads and a person keeps."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evoke.cli.shared import note, progress, say, say_json, write_whole
from evoke.coder import CoderKind, PaidCoder
from evoke.errors import BadInput
from evoke.settings import Provider, Settings, settings

if TYPE_CHECKING:
    from evoke.coach.report import Report
    from evoke.roles import Roles
    from evoke.transcript import Usage


COUNSELLORS = (
    "skilled, directive, closed, lecturer, follower, flatterer, rusher, silent, hostile; llm where EVOKE_COACH_… or "
    "EVOKE_LLM_… sets a capable endpoint; or a file with one turn a line."
)


def add_to(app: typer.Typer) -> None:
    """Register the commands of this module."""
    app.command("simulate")(simulate)
    app.command("code")(code)
    app.command("score")(score)
    app.command("debrief")(debrief)


def simulate(
    persona: Annotated[str, typer.Option(help="The client's id.")],
    counsellor: Annotated[str, typer.Option(help=COUNSELLORS)],
    out: Annotated[Path, typer.Option(help="Where the session JSON goes.")],
    turns: Annotated[int, typer.Option(min=1, max=400, help="Learner turns at most.")] = 20,
    seed: Annotated[int, typer.Option()] = 0,
    llm: Annotated[Provider, typer.Option(help="Who voices the client.")] = "scripted",
    again: Annotated[
        Path | None, typer.Option(metavar="S.json", help="An earlier session with this client, who remembers it.")
    ] = None,
) -> None:
    """Let a counsellor policy talk with a client and write the session."""
    from evoke.counsellor import open_policy
    from evoke.counsellor import simulate as run
    from evoke.room import open_room
    from evoke.transcript import Transcript

    room = open_room(llm=llm)
    before = Transcript.load(again) if again else None
    policy = open_policy(counsellor)
    with progress("Simulating") as report:
        session = room.begin(persona, seed=seed, keep=False, again=before)
        transcript = run(session, policy, turns=turns, progress=report)
    write_whole(out, json.dumps(transcript.to_json(), ensure_ascii=False, indent=1))
    said = sum(turn.speaker == "learner" for turn in transcript.turns)
    say(f"{out}: {said} learner turns with {persona}, seed {seed}, {room.model.name}")


def code(
    source: Annotated[Path, typer.Argument(metavar="IN", help="csv, txt, vtt, srt, docx or a session JSON.")],
    out: Annotated[Path, typer.Option(help="CODES.csv")],
    coder: Annotated[
        CoderKind, typer.Option(help="encoder; llm for a capable endpoint; cascade: llm where the encoder doubts.")
    ] = "encoder",
    below: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="cascade: the encoder's probability below which the llm is asked."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Agree to the cost of a large run beforehand.")] = False,
    counsellor: Annotated[
        list[str] | None,
        typer.Option(help="Who the counsellor is, by the name in IN; may be given again. Everybody else is a client."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a summary as JSON.")] = False,
) -> None:
    """Code every turn of a transcript: MITI codes for the counsellor, change and sustain talk for the client."""
    from evoke.coder import open_coder
    from evoke.coder.codes_csv import code_file

    chosen = settings() if below is None else settings().model_copy(update={"cascade_below": below})
    coding = open_coder(chosen, coder)
    roles = who_is_who(source, counsellor)
    if isinstance(coding, PaidCoder):
        _agree_to(source, coding, chosen, roles, yes=yes)
    with progress("Coding") as report:
        made = code_file(source, out, coding, report, roles)
    used = coding.used if isinstance(coding, PaidCoder) else None
    if as_json:
        paid = {"usage": used.model_dump()} if used else {}
        say_json({"rows": made.rows, "uncoded": made.uncoded, "rejected": made.rejected, **paid})
        return
    say(f"{out}: {made.rows} turns, {made.uncoded} of them uncoded")
    if used:
        say(f"The endpoint was asked {used.calls} times, {used.tokens:,} tokens{_cost(used)}")
    if made.rejects_file:
        say(f"{made.rejected} rows could not be used; {made.rejects_file} says which and why")


def score(
    source: Annotated[Path, typer.Argument(metavar="IN", help="csv, txt, vtt, srt, docx, session JSON or CODES.csv.")],
    out: Annotated[Path, typer.Option(help="SESSIONS.csv")],
    counsellor: Annotated[
        list[str] | None,
        typer.Option(help="Who the counsellor is, by the name in IN; may be given again. Everybody else is a client."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a summary as JSON.")] = False,
) -> None:
    """Score sessions: one row a transcript, coded first where IN brings no codes.

    An empty cell is not applicable: a ratio without its denominator, a rating of fewer than three coded learner turns.

    mi_consistency: 0-1, orders sessions by MI quality. Reflecting, affirming and sharing the lead raise it, informing,
    persuading and confronting lower it; 0.5 speaks neither way. How long a session is, complex reflections and open
    questions do not raise it, and few turns keep it near 0.5.

    cultivating, softening, partnership, empathy: the four MITI globals. technical, relational: their means. All as
    bands: below, fair or good.

    learner_turns, client_turns, uncoded_turns: how many. talk_share: the learner's share of all words.

    questions, reflections, complex_reflections, adherent, non_adherent: MITI counts. reflections_per_question,
    complex_share: their ratios, reflections_per_question_band, complex_share_band: where MITI puts those. open_share:
    open questions out of all.

    change_talk, sustain_talk: client turns that lean. change_share: change talk out of both; change_quarter_1,
    change_quarter_2, change_quarter_3, change_quarter_4: the same in each quarter of the session.

    question, simple_reflection, complex_reflection, affirm, seek_collaboration, emphasize_autonomy, give_information,
    persuade, persuade_with_permission, confront: volleys with this MITI code.
    """
    from evoke.coach.sessions_csv import score_file
    from evoke.coder import open_coder

    roles = who_is_who(source, counsellor)
    with progress("Scoring") as report:
        made = score_file(source, out, open_coder(settings()), report, roles)
    if as_json:
        counts = {"sessions": made.sessions, "turns": made.turns, "uncoded": made.uncoded}
        say_json({**counts, "rejected": made.rejected})
        return
    say(f"{out}: {made.sessions} sessions of {made.turns} turns, {made.uncoded} of them uncoded")
    if made.rejects_file:
        say(f"{made.rejected} rows could not be used; {made.rejects_file} says which and why")


def who_is_who(source: Path, counsellors: list[str] | None) -> Roles:
    """The roles of those who speak in a transcript; a guess is said in one line, with what to do if it is wrong."""
    from evoke.readers import cast

    casting = cast(source, counsellors or ())
    if casting.guessed:
        note(f"{casting.guessed}. If that is wrong, say --counsellor NAME")
    return casting.roles


def _agree_to(source: Path, coder: PaidCoder, chosen: Settings, roles: Roles, *, yes: bool) -> None:
    """Show what a run will cost and have a large one agreed to. Raises BadInput where nobody is there to ask."""
    from evoke.coder.codes_csv import estimate_file

    expected = estimate_file(source, coder, roles)
    note(f"Before it begins: {expected.line}")
    if yes or expected.tokens <= chosen.coding_ask_tokens:
        return
    if not _is_terminal():
        raise BadInput(f"this is a large run ({expected.line})", file=source, cure="Add --yes if that is meant")
    typer.confirm("Code it?", abort=True, err=True)


def _is_terminal() -> bool:
    return sys.stdin.isatty()


def _cost(used: Usage) -> str:
    from evoke.llm.budget import money

    return "" if used.cost is None else f", about {money(used.cost)}"


def debrief(
    session: Annotated[Path, typer.Argument(metavar="SESSION.json")],
    out: Annotated[Path, typer.Option(help="REPORT.html or REPORT.json")],
) -> None:
    """Write the debrief of a session."""
    from evoke.room import open_room
    from evoke.transcript import Transcript

    report = open_room().report_of(Transcript.load(session))
    write_report(report, out)
    say(f"{out}: debrief of {session}")


def write_report(report: Report, out: Path) -> None:
    """Write a report in the form that the file's name asks for. Raises BadInput for another ending."""
    from evoke.coach.report import to_html

    forms = {".html": lambda: to_html(report), ".json": lambda: report.model_dump_json(indent=1)}
    if out.suffix.lower() not in forms:
        raise BadInput(f"no report is written as '{out.suffix}'", file=out, cure="Name it .html or .json")
    write_whole(out, forms[out.suffix.lower()]())
