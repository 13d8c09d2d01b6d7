"""Every setting of Evoke, read in one place from `EVOKE_*` variables and `.env`. Knows no other module's business.

Constants of behaviour that are not a user's choice stand here too, below the class, with their reason.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from evoke.errors import BadInput

Provider = Literal["embedded", "endpoint", "scripted"]


def _user_folder(kind: Literal["data", "cache"]) -> Path:
    """The platform's folder for a program's data or cache."""
    home = Path.home()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local"))
        return base / "evoke" / kind
    if sys.platform == "darwin":
        return home / "Library" / {"data": "Application Support", "cache": "Caches"}[kind] / "evoke"
    variable, fallback = {"data": ("XDG_DATA_HOME", ".local/share"), "cache": ("XDG_CACHE_HOME", ".cache")}[kind]
    return Path(os.environ.get(variable) or home / fallback) / "evoke"


class Settings(BaseSettings):
    """What a user may choose. Each field is `EVOKE_<NAME>`; unknown `EVOKE_*` lines in `.env` are ignored."""

    model_config = SettingsConfigDict(
        env_prefix="EVOKE_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    data_dir: Path = Field(default_factory=lambda: _user_folder("data"))
    cache_dir: Path = Field(default_factory=lambda: _user_folder("cache"))
    database_url: str = ""  # empty: SQLite in data_dir

    llm: Provider | None = None  # None: endpoint when a base URL or key is set, else embedded
    llm_base_url: str = ""
    llm_model: str = ""
    llm_api_key: SecretStr = SecretStr("")
    llm_capable: bool | None = None  # may it judge and rewrite? None: an endpoint may, the embedded model may not
    llm_timeout_s: float = Field(default=60, gt=0)
    llm_retries: int = Field(default=2, ge=0, le=6)
    llm_price_in: float = Field(default=0, ge=0)  # currency units for a million prompt tokens
    llm_price_out: float = Field(default=0, ge=0)

    coach_base_url: str = ""
    coach_model: str = ""
    coach_api_key: SecretStr = SecretStr("")
    coach_price_in: float = Field(default=0, ge=0)  # as llm_price_in, of the coach's endpoint where it is another
    coach_price_out: float = Field(default=0, ge=0)

    session_tokens: int = Field(default=200_000, gt=0)  # prompt + completion tokens, then the session stops politely
    session_cost: float = Field(default=0, ge=0)  # 0: no limit
    coding_tokens: int = Field(default=2_000_000, gt=0)  # of one run of the LLM coder, then it stops politely
    coding_cost: float = Field(default=0, ge=0)  # 0: no limit
    coding_ask_tokens: int = Field(default=100_000, ge=0)  # a run estimated above this must be agreed to first
    cascade_below: float = Field(default=0.7, ge=0, le=1)  # an encoder less sure of its choice asks an LLM

    weights: str = "qwen2.5-coder-1.5b"  # which embedded model, by its name in llm/weights.yaml
    weights_file: Path | None = None  # any GGUF of your own
    hub_url: str = "https://huggingface.co"  # where weights are fetched first; a mirror may stand here
    threads: int = Field(default=0, ge=0)  # 0: all cores this process may use, 8 at most
    context_tokens: int = Field(default=8192, ge=1024)

    @property
    def provider(self) -> Provider:
        """Who voices the client: an explicit choice, else an endpoint where one is set, else the embedded model."""
        return self.llm or ("endpoint" if self.llm_base_url or self.llm_api_key.get_secret_value() else "embedded")

    @property
    def sqlalchemy_url(self) -> str:
        """The archive's address; SQLite in the user's data folder unless one is set."""
        return self.database_url or f"sqlite:///{self.data_dir / 'evoke.db'}"

    @property
    def user_personas(self) -> Path:
        """The folder of an author's own cards; one may shadow a shipped card by id."""
        return self.data_dir / "personas"


def read_settings() -> Settings:
    """Settings as the environment stands now. Raises BadInput naming the variable and the cure."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "EVOKE_" + "_".join(str(part) for part in first["loc"]).upper()
        raise BadInput(first["msg"], field=name, cure=f"Set {name} to a fitting value or remove it") from error


@cache
def settings() -> Settings:
    """Settings of this process, read once."""
    return read_settings()


def shipped(folder: Literal["personas", "prompts"]) -> Path:
    """Where `personas/` or `prompts/` stand: beside the checkout's `src`, or inside the installed package."""
    return _beside(folder)


def app_file() -> Path:
    """The Streamlit entry script, found as `shipped` finds its folders."""
    return _beside("app.py")


def _beside(name: str) -> Path:
    inside = Path(__file__).parent / "_shipped" / name
    return inside if inside.exists() else Path(__file__).parents[2] / name


REPLY_TOKENS = 64  # real clients write 5-15 words, rarely over 35 (facts: typed sessions, p90 28)
REPLY_WORDS = 40  # the longest reply a learner sees
REPLY_SENTENCES = 3
REPLY_FULL_WORDS = 24  # from here on a sentence is shown whole or not at all
HEARD_WORDS = 120  # of a learner's turn that the model sees; the transcript keeps it whole
KEEP_EVERY_WORDS = 8  # of a reply that is still being said, so that a killed process loses few
LONGEST_TURN = 40_000  # characters a learner may send at once
TEMPERATURE = 0.5  # the probe's value: in role at 1.5B, still varied
TEMPERATURE_AGAIN = 0.2  # after a catch: closer to the lines
UPLOAD_MB = 5  # of a transcript on the page: some hundred hours of talk as text
UPLOAD_TURNS = 20_000  # in all transcripts of an upload; a page holds them in memory
CODED_TURNS = 2_000  # of one transcript that the page codes; `evoke code` knows no limit
CONTEXT_TURNS = 4  # turns before a volley that the coder sees
QUERY_WORDS = 60  # the end of a volley is what gets answered; a longer query costs more than 15 ms

LLM_CONNECT_S = 5.0  # a server that is up accepts at once
LLM_BACK_OFF_S = 0.5  # first wait before asking again; doubles, with jitter
LLM_REPLY_FACTOR = 3  # a whole reply may take this many times EVOKE_LLM_TIMEOUT_S, however slowly it drips
LLM_LIMIT_SLACK = 1.1  # our count against the server's own before a reply is cut: tokenizers differ by a tenth
SPOKEN_SHARE = 0.4  # of an authored line's words, found in a reply: from here on the reply says that line
BETTER_LINE_TOKENS = 90  # a coach's better line asked of a capable model
BETTER_LINE_WORDS = 45  # longer is no line that a person would say

COUNSELLOR_TOKENS = 160  # of one turn of a counsellor that a model speaks for
COUNSELLOR_WORDS = 70  # of it; what comes after is cut at a sentence's end
COUNSELLOR_TEMPERATURE = 0.7  # two seeds should hold two talks

CODED_A_CALL = 8  # turns that one call to a language model codes
CODED_TOGETHER = 16  # neighbouring turns in one passage: about eight of each speaker
CODED_WORDS = 1500  # of one passage; a longer turn makes a passage of its own
CODED_BEFORE_WORDS = 120  # of a turn before the passage, its last ones
CODE_SURE = 0.9  # a language model's code of an utterance without a rival; its own figures would not be calibrated
CODE_TORN = (0.7, 0.65)  # its code and the rival that fits nearly as well: close enough for a tie-break
CODE_BARELY = 0.55  # a code that may well be none: over the bar of common codes, under that of adherent ones
CODE_REASON = 200  # characters of a language model's reason
