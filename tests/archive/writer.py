"""A process that keeps a session and is killed at it. Not a test: run by test_kill.py with url, session id, mode."""

import sys
import time

import yaml

from evoke.archive import Archive
from evoke.keep import SessionRecord
from evoke.persona import Persona
from evoke.settings import shipped
from evoke.transcript import PersonaRef, Turn


def say(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


url, session_id, mode, count = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
card = Persona.model_validate(yaml.safe_load((shipped("personas") / "alcohol_marek.yaml").read_text("utf-8")))
archive = Archive(url)
ref = PersonaRef(id=card.id, version=card.version, hash=card.hash)
archive.open(
    SessionRecord(id=session_id, persona=ref, card=card, prompt_hash="p", evoke_version="0", model="m", seed=1)
)
parent = None
for n in range(count):
    archive.turn(
        session_id, Turn(id=f"t{n}", parent=parent, speaker="learner", text=f"words {n} " * 40), f'{{"n": {n}}}'
    )
    parent = f"t{n}"
    say(n)
if mode == "reply":
    said = ""
    for word in ["Well,"] * 10_000:
        said += word + " "
        reply = Turn(id="reply", parent=parent, speaker="client", text=said, status="interrupted")
        if said == "Well, ":
            archive.turn(session_id, reply, "{}")
        else:
            archive.update_turn(session_id, reply, "{}")
        say("word")
        time.sleep(0.001)
