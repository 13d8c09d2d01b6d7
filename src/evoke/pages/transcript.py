"""Code a transcript: a talk from elsewhere is uploaded, who is who confirmed, coded, and debriefed like a practice."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from evoke import __version__
from evoke.errors import EvokeError
from evoke.pages.parts.coding import CodedTalk, code, coded_talk, hold
from evoke.pages.parts.elsewhere import TITLE, YOURS, debriefed_here
from evoke.pages.parts.here import say
from evoke.pages.parts.plain import plain
from evoke.pages.parts.upload import Upload, choose_transcript, forget_upload, left_out, uploaded
from evoke.pages.parts.who import first_turns, who_is_who
from evoke.readers import Reject, Row, Said, rows_of
from evoke.roles import Roles, name_key, shown_name
from evoke.settings import CODED_TURNS

_ABOUT = (
    "Change talk is what the client says in favour of a change, sustain talk what they say against it. Which change is "
    "it here? For example: *drinking less*. You may leave this empty; the coder then has to gather it from the talk."
)


def choose() -> None:
    """Upload, look, confirm."""
    st.title("Code a transcript", anchor=False)
    st.markdown(
        "Bring a talk that was held elsewhere. Every turn is coded, and you get the debrief that a practice talk gets."
    )
    st.markdown(
        ":small[It is read and coded **on this machine**: no word of it is sent anywhere, and nothing is kept unless "
        "you say so. Bring only what you are allowed to bring, without real names where you can.]"
    )
    upload = uploaded()
    if upload:
        left_out(upload.rejects)
        where = choose_transcript(upload)
        confirm(upload, where, upload.transcripts[where])


def confirm(upload: Upload, where: str, said: Sequence[Said]) -> None:
    """Who is who and what it is about; then it is coded."""
    key = f"{upload.id}_{list(upload.transcripts).index(where)}"
    target = next((one.target for one in said if one.target), "")
    roles = who_is_who(said, key)
    first_turns(said, roles)
    st.header("What it is about", anchor=False)
    st.markdown(_ABOUT)
    change = st.text_input("The change this talk is about", target, key=f"change_{key}", max_chars=200)
    rejects: list[Reject] = []
    rows = list(rows_of(said, rejects.append, roles))
    if fault := _fault(rows):
        st.warning(fault, icon=":material/error:")
    if st.button("Code this transcript", key="code", type="primary", icon=":material/checklist:", disabled=bool(fault)):
        talk = code(upload.name, rows, str(change or "").strip())
        talk.rejects = (*upload.rejects, *rejects)
        talk.facts = _facts(talk, where if len(upload.transcripts) > 1 else "", said, roles)
        hold(talk)
        st.rerun()


def _fault(rows: Sequence[Row]) -> str:
    """Why these rows cannot be coded here; empty where they can."""
    if not any(row.speaker == "learner" for row in rows):
        return "Nobody is the counsellor yet. Say above who it is; the debrief is about their turns."
    if len(rows) > CODED_TURNS:
        return (
            f"This transcript has {len(rows):,} turns, and the page codes {CODED_TURNS:,} at most. Upload a part of "
            "it, or use `evoke code` on the command line, which knows no limit."
        )
    return ""


def _facts(talk: CodedTalk, where: str, said: Sequence[Said], roles: Roles) -> dict[str, str]:
    """What the technical section tells of the file."""
    names = {name_key(one.name): shown_name(one.name) for one in said}

    def who(speaker: str | None) -> str:
        return ", ".join(name for key, name in names.items() if roles.get(key) == speaker) or "nobody"

    return {
        "File": talk.file,
        **({"Transcript": where} if where else {}),
        "Counsellor": who("learner"),
        "Client": who("client"),
        "Left out": who(None),
        "The change": talk.transcript.target or "not said",
        "Turns": f"{len(talk.rows):,}",
        "Rows not used": f"{len(talk.rejects):,}",
        "Evoke": __version__,
    }


def debrief(talk: CodedTalk) -> None:
    """What the coded talk shows, and the way to another one."""
    st.title(TITLE, anchor=False)
    st.caption(f"{plain(talk.file)}. {YOURS}")
    if st.button("Code another transcript", key="another", icon=":material/upload_file:"):
        hold(None)
        forget_upload()
        st.rerun()
    debriefed_here(talk)


try:
    held = coded_talk()
    if held:
        debrief(held)
    else:
        choose()
except EvokeError as error:
    say(error)
    st.button("Try again", key="page_again")
