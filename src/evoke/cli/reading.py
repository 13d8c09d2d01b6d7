"""`evoke persona reading-sheet` and `reading-score`: can a trainer tell simulated clients from real ones?"""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evoke.cli.measure import who_is_who
from evoke.cli.shared import note, progress, say, say_json, write_whole
from evoke.errors import BadInput
from evoke.settings import Provider

if TYPE_CHECKING:
    from evoke.blind.excerpts import Talk
    from evoke.blind.scoring import Kind

POLICIES = ["skilled", "closed", "directive"]
TALK_TURNS = 14  # learner turns of a simulated talk, out of whose middle an excerpt is cut


def add_to(commands: typer.Typer) -> None:
    """Register the commands of this module."""
    commands.command("reading-sheet")(reading_sheet)
    commands.command("reading-score")(reading_score)


def reading_sheet(
    out: Annotated[Path, typer.Option(help="SHEET.html to read, with a form beside it; or SHEET.csv, both in one.")],
    own: Annotated[list[Path] | None, typer.Option(help="Transcripts of your own talks: csv, txt, vtt, docx.")] = None,
    persona: Annotated[list[str] | None, typer.Option(help="Clients; all of them, where none is named.")] = None,
    policy: Annotated[list[str] | None, typer.Option(help="Simulated counsellors who talk with them.")] = None,
    counsellor: Annotated[list[str] | None, typer.Option(help="Who the counsellor is in your own transcripts.")] = None,
    excerpts: Annotated[int, typer.Option(min=2, max=200, help="Excerpts on the sheet at most.")] = 24,
    turns: Annotated[int, typer.Option(min=2, max=20, help="Turns of both in an excerpt.")] = 6,
    seed: Annotated[int, typer.Option(help="The same seed and talks give the same sheet.")] = 0,
    hide: Annotated[list[str] | None, typer.Option(help="A name or word to take out of all excerpts.")] = None,
    llm: Annotated[Provider, typer.Option(help="Who voices the clients.")] = "scripted",
) -> None:
    """Mix excerpts of simulated talks with some of your own, to be rated blind; the key goes into a file of its own."""
    from evoke.blind.excerpts import excerpts as cut
    from evoke.blind.sheet import as_form, as_html, as_key, shuffled

    if out.suffix.lower() not in (".html", ".csv"):
        raise BadInput(f"no sheet is written as '{out.suffix}'", file=out, cure="Name it .html or .csv")
    rng = random.Random(f"reading sheet {seed}")
    talks = [talk for file in own or [] for talk in _own_talks(file, counsellor)]
    made = max(excerpts // 2, excerpts - len(talks))
    talks += _simulated(persona, policy or POLICIES, made, seed, llm)
    sheet = shuffled(cut(talks, turns, rng, hide or ()), excerpts, rng)
    form, key = out.with_name(f"{out.stem}-form.csv"), out.with_name(f"{out.stem}-key.csv")
    if out.suffix.lower() == ".html":
        write_whole(out, as_html(sheet, form.name))
        write_whole(form, as_form(sheet, with_text=False))
    else:
        form = out
        write_whole(out, as_form(sheet, with_text=True))
    write_whole(key, as_key(sheet))
    reals = sum(one.source == "real" for one in sheet.excerpts)
    say(f"{out}: {len(sheet.excerpts)} excerpts, {reals} of them yours. Fill in {form}, leave {key} closed until then.")
    note("Names of speakers are taken out; read the sheet through for other details before you hand it on.")


def reading_score(
    form: Annotated[Path, typer.Argument(help="The form, filled in.")],
    key: Annotated[Path, typer.Argument(help="The key that was written with it.")],
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Hold a filled-in form against its key."""
    from evoke.blind.scoring import judged, scored

    score = scored(judged(form, key))
    if as_json:
        say_json(score.model_dump())
        return
    say(f"{score.right} of {score.judged} told rightly (95 % interval {score.low:.0%} to {score.high:.0%}; "
        f"guessing would do as well or better {score.p:.0%} of the time).")  # fmt: skip
    say(f"  real: {_in_words(score.real)}")
    say(f"  made: {_in_words(score.made)}")
    say(score.verdict)


def _in_words(kind: Kind) -> str:
    natural = "no grades" if kind.natural is None else f"natural {kind.natural:.1f} of 5"
    return (
        f"{kind.excerpts} excerpts, {kind.taken_for_real} of {kind.judged} judged were taken for real ones, {natural}"
    )


def _own_talks(file: Path, counsellors: list[str] | None) -> list[Talk]:
    from evoke.blind.excerpts import real_talks
    from evoke.readers import read_said

    said = list(read_said(file, lambda _: None))
    return real_talks(said, who_is_who(file, counsellors), file.name)


def _simulated(persona: list[str] | None, names: list[str], number: int, seed: int, llm: Provider) -> list[Talk]:
    """So many simulated talks, clients and counsellors in turn, each with a seed of its own."""
    from evoke.blind.excerpts import made_talk
    from evoke.counsellor import open_policy, simulate
    from evoke.room import open_room

    room = open_room(llm=llm)
    cards = [room.card(name) for name in persona] if persona else room.cards()
    policies = [open_policy(name) for name in names]
    talks = []
    with progress("Simulating") as report:
        for n in range(number):
            card, policy = cards[n % len(cards)], policies[n % len(policies)]
            session = room.begin(card, seed=1000 * seed + n, keep=False)
            talks.append(made_talk(simulate(session, policy, turns=TALK_TURNS), card.name))
            report(n + 1, number)
    return talks
