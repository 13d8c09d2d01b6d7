"""`evoke simulate`, `code` and `debrief`: what a machine reads and a person keeps."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evoke.cli.shared import progress, say, say_json, write_whole
from evoke.coder import CoderKind
from evoke.errors import BadInput
from evoke.settings import Provider, settings

if TYPE_CHECKING:
    from evoke.coach.report import Report


def add_to(app: typer.Typer) -> None:
    """Register the commands of this module."""
    app.command("simulate")(simulate)
    app.command("code")(code)
    app.command("debrief")(debrief)


def simulate(
    persona: Annotated[str, typer.Option(help="The client's id.")],
    counsellor: Annotated[str, typer.Option(help="skilled, directive, closed, or a file with one turn a line.")],
    out: Annotated[Path, typer.Option(help="Where the session JSON goes.")],
    turns: Annotated[int, typer.Option(min=1, max=400, help="Learner turns at most.")] = 20,
    seed: Annotated[int, typer.Option()] = 0,
    llm: Annotated[Provider, typer.Option(help="Who voices the client.")] = "scripted",
) -> None:
    """Let a counsellor policy talk with a client and write the session."""
    from evoke.counsellor import open_policy
    from evoke.counsellor import simulate as run
    from evoke.room import open_room

    room = open_room(llm=llm)
    policy = open_policy(counsellor)
    with progress("Simulating") as report:
        session = room.begin(persona, seed=seed, keep=False)
        transcript = run(session, policy, turns=turns, progress=report)
    write_whole(out, json.dumps(transcript.to_json(), ensure_ascii=False, indent=1))
    said = sum(turn.speaker == "learner" for turn in transcript.turns)
    say(f"{out}: {said} learner turns with {persona}, seed {seed}, {room.model.name}")


def code(
    source: Annotated[Path, typer.Argument(metavar="IN", help="csv, txt, vtt, srt, docx or a session JSON.")],
    out: Annotated[Path, typer.Option(help="CODES.csv")],
    coder: Annotated[CoderKind, typer.Option(help="encoder, or llm for a capable endpoint.")] = "encoder",
    as_json: Annotated[bool, typer.Option("--json", help="Print a summary as JSON.")] = False,
) -> None:
    """Code every turn of a transcript: MITI codes for the counsellor, change and sustain talk for the client."""
    from evoke.coder import open_coder
    from evoke.coder.codes_csv import code_file

    with progress("Coding") as report:
        made = code_file(source, out, open_coder(settings(), coder), report)
    if as_json:
        say_json({"rows": made.rows, "uncoded": made.uncoded, "rejected": made.rejected})
        return
    say(f"{out}: {made.rows} turns, {made.uncoded} of them uncoded")
    if made.rejects_file:
        say(f"{made.rejected} rows could not be used; {made.rejects_file} says which and why")


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
