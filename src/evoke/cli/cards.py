"""`evoke persona`: list, start, check, compare, exchange and try out clients' cards."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evoke.cli.shared import say, say_json, write_whole
from evoke.errors import BadInput
from evoke.settings import settings, shipped

if TYPE_CHECKING:
    from evoke.persona import Persona

commands = typer.Typer(no_args_is_help=True, help="Clients' cards: list, new, check, diff, import, export, tune.")


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
    from evoke.shortcomings import shortcomings

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


@commands.command("export")
def export_card(
    persona_id: Annotated[str, typer.Argument(metavar="ID", help="A client's id, or a card file.")],
    out: Annotated[Path, typer.Option(help="CARD.json or CARD.png")],
    version: Annotated[str, typer.Option(help="v2 or v3, for JSON; a PNG carries both.")] = "v3",
) -> None:
    """Write a client as a Character Card, which other programs read and `import` brings back whole."""
    import json

    from evoke.character_card import as_picture, exported

    if version not in ("v2", "v3"):
        raise BadInput(f"there is no version '{version}'", cure="Use v2 or v3")
    card, ending = _named(persona_id), out.suffix.lower()
    if ending == ".png":
        write_whole(out, as_picture(card))
    elif ending == ".json":
        write_whole(out, json.dumps(exported(card, "v2" if version == "v2" else "v3"), ensure_ascii=False, indent=1))
    else:
        raise BadInput(f"no card is written as '{out.suffix}'", file=out, cure="Name it .json or .png")
    say(f"{out}: {card.name}, {len(card.lines)} lines. The whole card is in it, what the client hides included.")


@commands.command("import")
def import_card(
    source: Annotated[Path, typer.Argument(metavar="CARD", help="A Character Card, JSON or PNG.")],
    as_id: Annotated[str | None, typer.Option("--as", metavar="ID", help="The id it gets here.")] = None,
) -> None:
    """Take over a Character Card: a client of ours as it was, any other character as a draft to write on."""
    from evoke.cards import card_files, load_card
    from evoke.character_card import as_yaml, imported

    blank = load_card(shipped("personas") / "blank.yaml")
    made = imported(source, blank, as_id)
    folder, card = settings().user_personas, made.persona
    path = folder / f"{card.id}.yaml"
    if card.id in {file.stem for file in card_files(settings())}:
        raise BadInput(f"a client '{card.id}' is here already", file=source, cure="Give it another id with --as")
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(path, as_yaml(card))
    say(f"{path}: {card.name}, " + ("a draft" if made.draft else f"{len(card.lines)} lines"))
    if made.to_do:
        say("What an author still has to do:")
        for sentence in made.to_do:
            say(f"  {sentence}")
        say(f"Then: evoke persona check {path}")


def _named(persona: str) -> Persona:
    """A client by id or by the file of its card."""
    from evoke.cards import find_card, load_card

    return load_card(Path(persona)) if persona.endswith(".yaml") else find_card(persona, settings())
