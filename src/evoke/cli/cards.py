"""`evoke persona`: list, start, check, compare, exchange and try out clients' cards."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evoke.cli.shared import progress, say, say_json, write_whole
from evoke.errors import BadInput
from evoke.settings import settings, shipped

if TYPE_CHECKING:
    from evoke.counsellor.tuning import Tuned
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


@commands.command()
def tune(
    old: Annotated[str, typer.Argument(help="The card as it was: an id or a file.")],
    new: Annotated[str, typer.Argument(help="The card as it is now: an id or a file.")],
    talks: Annotated[int, typer.Option(min=2, max=500, help="Talks with each, and with each counsellor.")] = 20,
    turns: Annotated[int, typer.Option(min=2, max=100, help="Learner turns at most.")] = 20,
    counsellor: Annotated[
        list[str] | None, typer.Option(help="Who talks with them; may be given again. skilled, where none is named.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Show by measurement what a changed card did: both hold the same talks, in their authored lines.

    A difference is only called one where it stands out from chance, over all measures together; under 20 talks nothing
    is. The authored lines are said word for word, so a changed prompt shows nothing here.
    """
    from evoke.counsellor import open_policy
    from evoke.counsellor.tuning import tune as run
    from evoke.room import open_room

    cards, room = (_named(old), _named(new)), open_room(llm="scripted")
    policies = [open_policy(name) for name in counsellor or ["skilled"]]
    with progress("Talking") as report:
        found = run(
            *cards, policies, range(talks), turns, lambda card, seed: room.begin(card, seed, keep=False), report
        )
    if as_json:
        say_json([one.model_dump() for one in found])
        return
    for one in found:
        _show(one, talks)


def _show(tuned: Tuned, talks: int) -> None:
    """One table: old, new, the difference with its interval, and the verdict."""
    from evoke.counsellor.tuning import MEASURES

    say(f"With the counsellor '{tuned.counsellor}', {talks} talks each:")
    say(f"  {'':18}{'old':>8}{'new':>8}{'change':>9}   95 % interval")
    for row in tuned.differences:
        interval = f"{row.low:+.2f} to {row.high:+.2f}"
        say(f"  {row.measure:18}{row.old:8.2f}{row.new:8.2f}{row.change:+9.2f}   {interval:18} {row.verdict}")
    for name, meaning in MEASURES.items():
        say(f"  {name}: {meaning}")


def _named(persona: str) -> Persona:
    """A client by id or by the file of its card."""
    from evoke.cards import find_card, load_card

    return load_card(Path(persona)) if persona.endswith(".yaml") else find_card(persona, settings())
