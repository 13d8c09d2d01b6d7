"""Finds and loads persona cards: the shipped ones, and an author's own, which may shadow one by id. Knows no model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from evoke.datafile import read_yaml
from evoke.errors import BadInput, NotHere
from evoke.persona import Persona
from evoke.settings import Settings, shipped
from evoke.settings import settings as read_settings

BLANK = "blank"  # the card to copy; never a client


def all_cards(settings: Settings | None = None) -> list[Persona]:
    """Every client there is, by id; a card in the user's folder shadows a shipped one of the same id."""
    return [load_card(file) for file in card_files(settings)]


def find_card(persona_id: str, settings: Settings | None = None) -> Persona:
    """One client by id. Raises NotHere with the ids there are, BadInput when the card is faulty."""
    files = {file.stem: file for file in card_files(settings)}
    if persona_id not in files:
        raise NotHere(f"no client '{persona_id}'. There are: {', '.join(files) or 'none'}")
    return load_card(files[persona_id])


def card_files(settings: Settings | None = None) -> list[Path]:
    """The cards' files by id, which is the file's name; one in the user's folder stands in for a shipped one."""
    folders = (shipped("personas"), (settings or read_settings()).user_personas)
    files = {file.stem: file for folder in folders for file in folder.glob("*.yaml") if file.stem != BLANK}
    return [files[name] for name in sorted(files)]


def load_card(file: Path) -> Persona:
    """A card from its file. Raises BadInput with file, line, field and cure."""
    persona = read_yaml(file, Persona)
    if file.stem not in (persona.id, BLANK):
        raise BadInput(f"the card calls itself '{persona.id}'", file=file, field="id",
                       cure=f"Name the file {persona.id}.yaml, or the id {file.stem}")  # fmt: skip
    return persona


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a card, for editors that check while one types."""
    return Persona.model_json_schema()


def write_json_schema(file: Path) -> None:
    """Write `json_schema()` to `file`."""
    file.write_text(json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n", "utf-8")


def differences(old: Persona, new: Persona) -> list[str]:
    """What differs between two cards, one sentence a field or line; empty where they are the same client."""
    before, after = _flat(old.model_dump(mode="json")), _flat(new.model_dump(mode="json"))
    gone = [f"- {place}: {value}" for place, value in before.items() if place not in after]
    added = [f"+ {place}: {value}" for place, value in after.items() if place not in before]
    changed = [f"~ {p}: {before[p]} -> {after[p]}" for p in before if p in after and before[p] != after[p]]
    return changed + gone + added


def _flat(data: Any, place: str = "") -> dict[str, Any]:
    """Nested data as dotted places; entries of a list go by their id or their words, so that order does not matter."""
    if isinstance(data, dict):
        parts = {f"{place}.{key}" if place else key: value for key, value in data.items()}
    elif isinstance(data, list) and data and isinstance(data[0], dict):
        parts = {f"{place}[{entry.get('id') or entry.get('say') or n}]": entry for n, entry in enumerate(data)}
    else:
        return {place: data}
    return {name: leaf for key, value in parts.items() for name, leaf in _flat(value, key).items()}
