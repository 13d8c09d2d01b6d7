"""A transcript handed over on the page: chosen, read, and what of it cannot be used. Codes nothing, keeps nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from evoke.coder.codes_csv import rejects_table
from evoke.errors import BadInput
from evoke.pages.parts.plain import plain, shortened
from evoke.pages.parts.sections import download
from evoke.readers import Reject, Said, said_in
from evoke.settings import UPLOAD_MB

MOST_REJECTS = 2_000  # rows that could not be used and are remembered
SHOWN_REJECTS = 20
_READ, _ROUND = "upload_read", "upload_round"

_FORMS = {
    "txt or docx": "Therapist: What brings you here today?\nClient: My wife sent me.\nShe worries.",
    "csv": "transcript_id,utterance_id,speaker,text\n1,1,therapist,What brings you here today?\n1,2,client,My wife.",
    "vtt or srt": "00:00:01.000 --> 00:00:03.000\n<v Anna>What brings you here today?\n\n"
    "00:00:03.500 --> 00:00:05.000\nBen: My wife sent me.",
}


@dataclass(frozen=True)
class Upload:
    """A file that was read: its transcripts by id, and rows that could not be used."""

    id: str
    name: str
    transcripts: dict[str, tuple[Said, ...]]
    rejects: tuple[Reject, ...]


def uploaded() -> Upload | None:
    """The file that was chosen, read once; None before that, and where it cannot be used, which is said."""
    label = "A transcript as csv, txt, vtt, srt, docx, or a session’s json"
    file = st.file_uploader(label, max_upload_size=UPLOAD_MB, key=f"upload_{st.session_state.get(_ROUND, 0)}")
    try:
        st.session_state[_READ] = _read_once(file) if file else None
    except BadInput as error:
        st.session_state[_READ] = None
        st.error(plain(str(error)), icon=":material/error:")
    with st.expander("What such a file looks like", icon=":material/help:"):
        _forms()
    found: Upload | None = st.session_state[_READ]
    return found


def _read_once(file: UploadedFile) -> Upload:
    """The file as it was read when it came."""
    known: Upload | None = st.session_state.get(_READ)
    if known and known.id == file.file_id:
        return known
    with st.spinner("Reading the file"):
        return read(file.file_id, file.name, file.getvalue())


def forget_upload() -> None:
    """Let go of the file; the box for it is empty again."""
    st.session_state.pop(_READ, None)
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


def read(upload_id: str, name: str, data: bytes) -> Upload:
    """A file's transcripts. Raises BadInput with place and cure."""
    if len(data) > UPLOAD_MB * 1_000_000 * 1.05:  # the box in the browser may count in 1024s
        raise BadInput(f"is larger than {UPLOAD_MB} MB", file=name, cure="Upload a part, or use: evoke code")
    rejects: list[Reject] = []
    transcripts: dict[str, list[Said]] = {}
    for one in said_in(name, data, lambda reject: rejects.append(reject) if len(rejects) < MOST_REJECTS else None):
        transcripts.setdefault(one.transcript_id, []).append(one)
    if not transcripts:
        cure = rejects[0].cure if rejects else "Write one turn a line, such as 'Therapist: …'"
        raise BadInput("holds no turn that can be used", file=name, cure=cure)
    return Upload(upload_id, name, {where: tuple(said) for where, said in transcripts.items()}, tuple(rejects))


def left_out(rejects: Sequence[Reject]) -> None:
    """Rows that could not be used, each with its place, what is wrong and the cure."""
    if not rejects:
        return
    count = "One row" if len(rejects) == 1 else f"{len(rejects):,} rows"
    with st.expander(f"{count} could not be used", icon=":material/warning:"):
        st.table(
            [
                {"Line": str(one.line), "What is wrong": plain(one.what), "What to do": plain(one.cure)}
                for one in rejects[:SHOWN_REJECTS]
            ],
            hide_index=True,
            border="horizontal",
            alt="Rows that could not be used",
        )
        if len(rejects) > SHOWN_REJECTS:
            st.markdown(f"These are the first {SHOWN_REJECTS}; the file has them all.")
        download("Rows not used (CSV)", lambda: rejects_table(rejects), "evoke-rows-not-used.csv", "text/csv")


def choose_transcript(upload: Upload) -> str:
    """Which of several transcripts to code; the only one where there is one."""
    names = list(upload.transcripts)
    if len(names) == 1:
        return names[0]
    named = {name: f"{shortened(name, 60)} ({_turns(upload.transcripts[name])})" for name in names}
    label = f"Which of the {len(names)} transcripts in this file?"
    return str(st.selectbox(label, names, format_func=named.__getitem__, key=f"which_{upload.id}"))


def _turns(said: Sequence[Said]) -> str:
    return "1 turn" if len(said) == 1 else f"{len(said):,} turns"


def _forms() -> None:
    """An example of each form."""
    st.markdown("Every turn stands with the name of whoever speaks. Any names will do; you say who is who afterwards.")
    for form, example in _FORMS.items():
        st.markdown(f"**{form}**")
        st.code(example, language=None, wrap_lines=True)
    st.markdown("**json**: a session that `evoke simulate` wrote.")
