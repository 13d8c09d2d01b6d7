"""`evoke app` and `evoke chat`: practise in the browser or in the terminal."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evoke.cli.shared import progress, say, write_whole
from evoke.errors import BadInput, ModelError
from evoke.settings import app_file, settings

if TYPE_CHECKING:
    from evoke.room import Room
    from evoke.session import Session


def add_to(app: typer.Typer) -> None:
    """Register the commands of this module."""
    app.command("app")(serve)
    app.command("chat")(chat)


def serve(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where the page answers.")] = 8501,
    address: Annotated[str, typer.Option(help="Keep it, unless a proxy with sign-in stands in front.")] = "127.0.0.1",
) -> None:
    """Open the practice room in the browser; the client's voice is fetched meanwhile."""
    _free(address, port)
    script = app_file()
    options = [f"--server.port={port}", f"--server.address={address}"]
    command = [sys.executable, "-m", "streamlit", "run", str(script), *options]
    with subprocess.Popen(command) as server:
        try:
            _fetch_voice()
            server.wait()
        except KeyboardInterrupt:
            server.terminate()


def _free(address: str, port: int) -> None:
    import socket

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise BadInput(f"port {port} is taken or not allowed", cure="Choose another with --port") from error


def _fetch_voice() -> None:
    """Bring the embedded model, with a bar in the terminal; a failure is said and the page stays open."""
    from evoke.llm import weights

    chosen = settings()
    if chosen.provider != "embedded" or weights.find(chosen):
        return
    try:
        with progress("Fetching the client's voice", unit="bytes") as report:
            weights.pull(chosen, report)
    except ModelError as error:
        say(f"evoke: {error}")


def chat(
    persona: Annotated[str, typer.Argument(help="The client's id; 'evoke persona list' shows them.")],
    seed: Annotated[int | None, typer.Option(help="The same seed and words give the same moves.")] = None,
    debrief: Annotated[Path | None, typer.Option(help="Write the debrief here (html or json) at the end.")] = None,
    again: Annotated[
        str | None,
        typer.Option(metavar="SESSION", help="An earlier session, a file or an id: the client remembers it."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write the session JSON here at the end.")] = None,
) -> None:
    """Practise in the terminal. An empty line or 'end' ends it; nothing is kept but what --debrief and --out write."""
    from evoke.cli.measure import write_report
    from evoke.room import open_room

    room = open_room()
    session = _met_again(room, persona, again, seed) if again else room.begin(persona, seed=seed, keep=False)
    say(f"{session.persona.name}, {session.persona.age}. {session.persona.brief.setting}")
    if session.record.memory:
        from evoke.client.returning import last_time

        say("\n".join(last_time(session.persona, session.record.memory)))
    say("This is practice with a simulated client. It is training, not care.\n")
    say(f"{session.persona.name}: {session.path[-1].text}")
    while not session.ended:
        try:
            words = typer.prompt("You", default="", show_default=False).strip()
        except typer.Abort:
            break
        if words.lower() in {"", "end", "quit", "exit"}:
            break
        session.hear(words)
        _speak(session)
    session.end()
    if out:
        write_whole(out, json.dumps(session.transcript().to_json(), ensure_ascii=False, indent=1))
        say(f"The session is in {out}")
    if debrief:
        write_report(room.report_of(session.transcript()), debrief)
        say(f"The debrief is in {debrief}")


def _met_again(room: Room, persona: str, again: str, seed: int | None) -> Session:
    """A session with a client who remembers an earlier one, given as a file or as its id in the archive."""
    from evoke.transcript import Transcript

    if Path(again).is_file():
        return room.begin(persona, seed=seed, keep=False, again=Transcript.load(Path(again)))
    session = room.meet_again(again, seed=seed, keep=False)
    if session.persona.id != persona:
        raise BadInput(f"that talk was with '{session.persona.id}', not with '{persona}'",
                       cure="Name the client of the earlier talk")  # fmt: skip
    return session


def _speak(session: object) -> None:
    from evoke.client.guard import Replace
    from evoke.session import Session

    assert isinstance(session, Session)
    sys.stdout.write(f"{session.persona.name}: ")
    with closing(session.answer()) as events:
        for event in events:
            if isinstance(event, Replace):
                sys.stdout.write("\r\033[K" + f"{session.persona.name}: {event.text}")
            else:
                sys.stdout.write(event.text)
            sys.stdout.flush()
    sys.stdout.write("\n")
