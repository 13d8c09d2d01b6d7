"""Character Card V2 and V3, the form in which chat programs exchange characters, as JSON or inside a PNG picture.

A client of ours travels whole in `extensions.evoke` and comes back the same; what other programs put beside it
survives. A character from elsewhere becomes a draft. Imported cards are untrusted: sizes bounded, text only data.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import ValidationError

from evoke import png
from evoke.codes import Frozen
from evoke.datafile import DEEPEST, LARGEST_FILE
from evoke.errors import BadInput
from evoke.persona import Persona
from evoke.shortcomings import shortcomings

Version = Literal["v2", "v3"]
OURS = "evoke"  # the extension that holds a client whole
THEIRS = "character_card"  # where a draft keeps what it has no field for
KEYWORDS = ("ccv3", "chara")  # of a picture's texts; the newer form first
LARGEST_PICTURE = 10_000_000  # bytes
LONGEST = {"name": 60, "story": 1500, "habits": 400, "opening": 240}  # characters that a draft takes over
GREETINGS = 3
PICTURE = (400, 600, (31, 111, 95))  # width, height and colour of an exported picture

_SPECS = {"v2": ("chara_card_v2", "2.0"), "v3": ("chara_card_v3", "3.0")}
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_ID = r"[a-z][a-z0-9_]{0,39}"
_ASIDE = re.compile(r"\*[^*\n]{0,400}\*")


class Imported(Frozen):
    """A card that was read: the client, whether it is a draft of a character from elsewhere, and what is to be done."""

    persona: Persona
    draft: bool
    to_do: tuple[str, ...]


def exported(persona: Persona, version: Version = "v3") -> dict[str, Any]:
    """The card in the common form; our own fields in `extensions.evoke`, foreign extensions as they came."""
    whole = persona.model_dump(mode="json", exclude={"extensions"})
    theirs = persona.extensions.get(THEIRS)
    foreign = {key: value for key, value in persona.extensions.items() if key not in (OURS, THEIRS)}
    spec, number = _SPECS[version]
    data = {
        **(theirs if isinstance(theirs, dict) else {}),
        "name": persona.name,
        "description": persona.story,
        "personality": persona.voice.habits,
        "scenario": f"{persona.brief.setting} {persona.brief.referral}",
        "first_mes": persona.opening[0],
        "mes_example": "\n".join(_exchanges(persona)),
        "creator_notes": f"A client for practising motivational interviewing with Evoke. {persona.safety.content_note}",
        "system_prompt": "",
        "post_history_instructions": "",
        "alternate_greetings": list(persona.opening[1:]),
        "tags": [persona.topic, persona.brief.difficulty],
        "creator": "",
        "character_version": persona.version,
        "extensions": {**foreign, OURS: whole},
    }
    newer: dict[str, list[str]] = {"group_only_greetings": []} if version == "v3" else {}
    return {"spec": spec, "spec_version": number, "data": {**data, **newer}}


def as_picture(persona: Persona) -> bytes:
    """A PNG that carries the card in both forms."""
    forms: dict[str, Version] = {"chara": "v2", "ccv3": "v3"}
    words = {key: _packed(exported(persona, version)) for key, version in forms.items()}
    return png.with_texts(png.plain(*PICTURE), words)


def imported(file: Path, blank: Persona, persona_id: str | None = None) -> Imported:
    """A client from a JSON or PNG file; `blank` is what a draft begins from, `persona_id` renames.

    Raises BadInput with file and cure.
    """
    if persona_id and not re.fullmatch(_ID, persona_id):
        raise BadInput(f"'{persona_id}' is no id", field="id", cure="Use small letters, digits and _")
    card = _read(file)
    data = card.get("data") if str(card.get("spec", "")).startswith("chara_card_v") else card
    if not isinstance(data, dict) or not isinstance(data.get("name"), str) or "description" not in data:
        raise BadInput("no character card (V2 or V3) stands in it", file=file,
                       cure="Export it again as a Character Card V2 or V3")  # fmt: skip
    extensions = data.get("extensions") if isinstance(data.get("extensions"), dict) else {}
    assert isinstance(extensions, dict)
    if isinstance(extensions.get(OURS), dict):
        return _ours(extensions, file, persona_id)
    return _draft(data, extensions, blank, persona_id or f"imported_{_slug(data['name'])}")


def as_yaml(persona: Persona) -> str:
    """The card as an author edits it."""
    whole = persona.model_dump(mode="json", exclude_defaults=True)
    return yaml.safe_dump(whole, sort_keys=False, allow_unicode=True, width=110)


def _read(file: Path) -> dict[str, Any]:
    """The card's JSON, out of the file itself or a picture's text."""
    try:
        if file.stat().st_size > LARGEST_PICTURE:
            raise BadInput(f"larger than {LARGEST_PICTURE // 1_000_000} MB", file=file, cure="Choose a smaller picture")
        data = file.read_bytes()
    except OSError as error:
        raise BadInput("cannot be read", file=file, cure="Check the path and its rights") from error
    if data.startswith(png.SIGNATURE):
        data = _out_of_picture(data, file)
    if len(data) > LARGEST_FILE:
        raise BadInput(f"the card is larger than {LARGEST_FILE // 1000} kB", file=file, cure="Cut its texts down")
    try:
        card = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise BadInput("is neither a card's JSON nor a PNG", file=file, cure="Export the character again") from error
    if not isinstance(card, dict):
        raise BadInput("no character card stands in it", file=file, cure="Export the character again")
    return {key: _clean(value, file) for key, value in card.items()}


def _out_of_picture(data: bytes, file: Path) -> bytes:
    try:
        words = png.texts(data)
    except BadInput as error:
        raise BadInput(error.what, file=file, cure=error.cure) from error
    packed = next((words[key] for key in KEYWORDS if key in words), None)
    if packed is None:
        raise BadInput("the picture carries no character card", file=file,
                       cure="Export it again; some sites strip the texts out of a picture")  # fmt: skip
    try:
        return base64.b64decode(packed, validate=True)
    except binascii.Error as error:
        raise BadInput("the card in the picture is damaged", file=file, cure="Export it again") from error


def _clean(value: Any, file: Path, depth: int = 0) -> Any:
    """Data without characters that are no text; nesting bounded."""
    if depth > DEEPEST - 5:
        raise BadInput("nested too deep", file=file, cure="Remove what other programs have put in")
    if isinstance(value, dict):
        return {_NO_TEXT.sub("", str(key)): _clean(entry, file, depth + 1) for key, entry in value.items()}
    if isinstance(value, list):
        return [_clean(entry, file, depth + 1) for entry in value]
    return _NO_TEXT.sub("", value) if isinstance(value, str) else value


def _ours(extensions: dict[str, Any], file: Path, persona_id: str | None) -> Imported:
    foreign = {key: value for key, value in extensions.items() if key != OURS}
    whole = {**extensions[OURS], "extensions": foreign} | ({"id": persona_id} if persona_id else {})
    try:
        persona = Persona.model_validate(whole)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise BadInput(error.errors()[0]["msg"], file=file, field=f"extensions.{OURS}.{place}",
                       cure="Export it again with this version of Evoke") from error  # fmt: skip
    return Imported(persona=persona, draft=False, to_do=tuple(shortcomings(persona)))


def _draft(data: dict[str, Any], extensions: dict[str, Any], blank: Persona, persona_id: str) -> Imported:
    """A card begun from what a character has; what has no field here is kept beside it."""
    name = _short(data["name"], "name", "") or "Unnamed"
    greetings = [data.get("first_mes"), *_listed(data.get("alternate_greetings"))]
    openings = tuple(
        words for text in greetings[:GREETINGS] if (words := _short(_ASIDE.sub(" ", str(text or "")), "opening", name))
    )
    changes: dict[str, Any] = {
        "id": persona_id,
        "name": name,
        "opening": openings or blank.opening,
        "extensions": {**extensions, THEIRS: {key: value for key, value in data.items() if key != "extensions"}},
    }
    if story := _short(data.get("description"), "story", name):
        changes["story"] = story
    if habits := _short(data.get("personality"), "habits", name):
        changes["voice"] = blank.voice.model_copy(update={"habits": habits})
    persona = Persona.model_validate(blank.model_copy(update=changes).model_dump())
    taken = [what for what, field in (("the name", "name"), ("the story", "story"), ("the habits", "voice"),
                                      ("the openings", "opening")) if field in changes]  # fmt: skip
    return Imported(
        persona=persona,
        draft=True,
        to_do=(
            f"{', '.join(taken)} come from the imported character: read them; no one has checked them",
            "story: the model reads it and may say it, so take out what the client would only tell later",
            "target_behaviour: name the one behaviour this talk is about",
            "age, pronouns, temperament: these are the blank card's; put this client's there",
            *shortcomings(persona),
        ),
    )


def _short(text: Any, field: str, name: str) -> str:
    """A foreign text on one line, its blanks for the two speakers filled, cut to what a draft takes over."""
    words = re.sub(r"\{\{\s*char\s*\}\}|<BOT>", name, str(text or ""), flags=re.IGNORECASE)
    words = re.sub(r"\{\{\s*user\s*\}\}|<USER>", "the counsellor", words, flags=re.IGNORECASE)
    line = " ".join(words.split())
    most = LONGEST[field]
    return line if len(line) <= most else line[:most].rsplit(" ", 1)[0] + " …"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:24] or "character"


def _exchanges(persona: Persona) -> Iterator[str]:
    for example in persona.voice.examples:
        yield f"<START>\n{{{{user}}}}: {example.counsellor}\n{{{{char}}}}: {example.reply}"


def _packed(card: dict[str, Any]) -> str:
    return base64.b64encode(json.dumps(card, ensure_ascii=False).encode("utf-8")).decode("ascii")
