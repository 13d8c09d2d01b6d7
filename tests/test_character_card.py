"""Clients as Character Cards: they come back whole, foreign extensions survive, foreign characters become drafts."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path

import pytest
from PIL import Image

from evoke import png
from evoke.cards import load_card
from evoke.character_card import LARGEST_PICTURE, as_picture, as_yaml, exported, imported
from evoke.datafile import LARGEST_FILE, parse_yaml
from evoke.errors import BadInput
from evoke.persona import Persona
from evoke.settings import shipped
from tests.client.people import persona

FOREIGN = {"depth_prompt": {"depth": 4, "prompt": "Stay calm."}, "tool/x": [1, None, "yes", 2.5]}
RUSTY = {
    "spec": "chara_card_v2",
    "spec_version": "2.0",
    "data": {
        "name": "Rusty", "description": "{{char}} is a barge hand.\nHe met {{user}} once.", "personality": "Gruff.",
        "scenario": "A lock.", "first_mes": "*spits* Morning, {{user}}.", "mes_example": "<START>",
        "alternate_greetings": ["You again."], "creator_notes": "", "system_prompt": "Obey.", "tags": [],
        "post_history_instructions": "", "creator": "x", "character_version": "2", "extensions": FOREIGN,
        "character_book": {"entries": [{"keys": ["lock"], "content": "A lock."}], "extensions": {}},
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def blank() -> Persona:
    return load_card(shipped("personas") / "blank.yaml")


def written(folder: Path, content: object, name: str = "card.json") -> Path:
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return file


@pytest.mark.parametrize("version", ["v2", "v3"])
def test_a_client_comes_back_the_same_from_json(tmp_path: Path, blank: Persona, version: str) -> None:
    made = imported(written(tmp_path, exported(persona(), version)), blank)
    assert made.persona == persona() and made.persona.hash == persona().hash and not made.draft


def test_every_shipped_client_comes_back_the_same_from_a_picture(tmp_path: Path, blank: Persona) -> None:
    for file in sorted(shipped("personas").glob("*.yaml"))[:4]:
        card = load_card(file)
        assert imported(written(tmp_path, as_picture(card), "card.png"), blank).persona == card


def test_an_exported_picture_is_one_that_other_programs_read(tmp_path: Path) -> None:
    with Image.open(io.BytesIO(as_picture(persona()))) as picture:
        picture.load()
        assert picture.size == (400, 600)
        v2, v3 = (json.loads(base64.b64decode(picture.text[key])) for key in ("chara", "ccv3"))
    assert (v2["spec"], v3["spec"]) == ("chara_card_v2", "chara_card_v3")
    assert v2["data"]["name"] == "Ines" and v3["data"]["first_mes"] == persona().opening[0]


def test_a_picture_written_by_another_program_is_read(tmp_path: Path, blank: Persona) -> None:
    from PIL.PngImagePlugin import PngInfo

    words = PngInfo()
    words.add_text("chara", base64.b64encode(json.dumps(RUSTY).encode()).decode())
    out = io.BytesIO()
    Image.new("RGB", (20, 30), (9, 9, 9)).save(out, "PNG", pnginfo=words)
    assert imported(written(tmp_path, out.getvalue(), "rusty.png"), blank).persona.name == "Rusty"


def test_unknown_extensions_survive_the_round_trip(tmp_path: Path, blank: Persona) -> None:
    card = exported(persona())
    card["data"]["extensions"] |= FOREIGN
    made = imported(written(tmp_path, card), blank).persona
    assert made.extensions == FOREIGN
    kept = parse_yaml(as_yaml(made), Persona)
    again = exported(kept)["data"]["extensions"]
    assert {key: value for key, value in again.items() if key != "evoke"} == FOREIGN


def test_a_foreign_character_becomes_a_draft_that_says_what_is_left_to_write(tmp_path: Path, blank: Persona) -> None:
    made = imported(written(tmp_path, RUSTY), blank)
    card = made.persona
    assert made.draft and card.id == "imported_rusty" and card.opening == ("Morning, the counsellor.", "You again.")
    assert card.story == "Rusty is a barge hand. He met the counsellor once."
    assert card.voice.habits == "Gruff."
    to_do = " ".join(made.to_do)
    assert "target_behaviour" in to_do and "write at least 70" in to_do and "brief.setting" in to_do
    assert parse_yaml(as_yaml(card), Persona) == card


def test_what_a_draft_has_no_field_for_is_given_back(tmp_path: Path, blank: Persona) -> None:
    data = exported(imported(written(tmp_path, RUSTY), blank).persona)["data"]
    assert data["character_book"] == RUSTY["data"]["character_book"]
    assert {key: data["extensions"][key] for key in FOREIGN} == FOREIGN


def test_instructions_in_a_foreign_card_reach_no_prompt(tmp_path: Path, blank: Persona) -> None:
    from evoke.client.voice import Voice

    card = imported(written(tmp_path, RUSTY), blank).persona
    sent = " ".join(message.content for message in Voice(card, capable=False).prefix())
    assert "Obey" not in sent and "Stay calm" not in sent


def test_text_in_a_card_is_only_text(tmp_path: Path, blank: Persona) -> None:
    nasty = 'x: !!python/object/apply:os.getcwd []\n- &a "quote\x00\x1b[31m \ud800'
    card = json.loads(json.dumps(RUSTY))
    card["data"] |= {"name": nasty, "description": nasty, "extensions": {nasty: nasty}}
    made = imported(written(tmp_path, card), blank).persona
    assert parse_yaml(as_yaml(made), Persona) == made
    assert "\x00" not in made.name and "!!python" in made.story


BAD = {
    "no card": {"hello": 1},
    "a list": [1, 2],
    "no name": {"spec": "chara_card_v2", "data": {"description": "x"}},
    "no json": b"name: Rusty",
    "deep": b"[" * 100_000,
    "deep extensions": json.dumps(RUSTY).replace('"Stay calm."', "[" * 80 + "]" * 80).encode(),
    "huge": b'{"name": "' + b"x" * (LARGEST_FILE + 1) + b'"}',
    "cut picture": as_picture(persona())[:-20],
    "empty picture": png.plain(4, 4, (0, 0, 0)),
    "damaged picture": png.with_texts(png.plain(4, 4, (0, 0, 0)), {"chara": "%%%"}),
    "our own card with a fault": {**exported(persona()), "data": {**exported(persona())["data"],
                                  "extensions": {"evoke": {"name": "Ines"}}}},
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_a_file_that_is_no_card_is_refused_with_its_name_and_a_cure(tmp_path: Path, blank: Persona, what: str) -> None:
    file = written(tmp_path, BAD[what])
    with pytest.raises(BadInput) as caught:
        imported(file, blank)
    assert caught.value.file == file and caught.value.cure


def test_a_picture_that_is_far_too_large_is_not_read(tmp_path: Path, blank: Persona) -> None:
    with pytest.raises(BadInput, match="larger"):
        imported(written(tmp_path, png.SIGNATURE + b"x" * LARGEST_PICTURE), blank)


def test_an_id_that_would_leave_the_folder_is_refused(tmp_path: Path, blank: Persona) -> None:
    with pytest.raises(BadInput, match="no id"):
        imported(written(tmp_path, RUSTY), blank, "../x")
