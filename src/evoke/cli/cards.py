"""`evoke persona`: list, start and check clients' cards."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evoke.cli.shared import say, say_json, write_whole
from evoke.errors import BadInput
from evoke.settings import settings, shipped

commands = typer.Typer(no_args_is_help=True, help="Clients' cards: list, new, check, diff.")


@commands.command("list")
def list_cards(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """The clients there are."""
    from evoke.cards import all_cards

    cards = all_cards(settings())
    if as_json:
        say_json([{"id": c.id, "version": c.version, "hash": c.hash, "topic": c.topic} for c in cards])
    else:
        for card in cards:
            say(f"{card.id:28} {card.name}, {card.age}: {card.topic} ({card.brief.difficulty})")


@commands.command()
def new(persona_id: Annotated[str, typer.Argument(metavar="ID", help="Such as smoking_rosa.")]) -> None:
    """Start a card of your own from the blank one."""
    folder = settings().user_personas
    path = folder / f"{persona_id}.yaml"
    if path.exists():
        raise BadInput("stands there already", file=path, cure="Choose another id or edit that card")
    folder.mkdir(parents=True, exist_ok=True)
    blank = (shipped("personas") / "blank.yaml").read_text("utf-8")
    write_whole(path, blank.replace("id: topic_name", f"id: {persona_id}", 1))
    say(f"{path}\nFill it in, then: evoke persona check {path}")


@commands.command()
def check(
    cards: Annotated[list[Path] | None, typer.Argument(help="Card files; every card when none is named.")] = None,
) -> None:
    """Check cards: form first, then whether they can carry a session."""
    from evoke.cards import card_files, load_card
    from evoke.persona import shortcomings

    faults = 0
    for path in cards or card_files(settings()):
        card = load_card(path)
        lacks = shortcomings(card)
        faults += len(lacks)
        say(f"{path}: {len(card.lines)} lines, " + ("finished" if not lacks else f"{len(lacks)} to do"))
        for lack in lacks:
            say(f"  {lack}")
    if faults:
        raise BadInput(f"{faults} things are still missing", cure="See the list above")


@commands.command()
def diff(old: Path, new: Path) -> None:
    """What differs between two cards, field by field."""
    from evoke.cards import differences, load_card

    changes = differences(load_card(old), load_card(new))
    for change in changes:
        say(change)
    if not changes:
        say("The cards are the same client.")
