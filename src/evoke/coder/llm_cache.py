"""A language model's answers, kept by what was asked, so that the same question is paid for once. Knows no codes."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from contextlib import suppress
from pathlib import Path

from evoke.errors import StoreError


class AnswerCache:
    """One small file an answer; each appears whole or not at all, so several processes may share the folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, key: str) -> str | None:
        """The answer kept under `key`, None where there is none that can be read."""
        try:
            return self._file(key).read_text("utf-8")
        except (OSError, UnicodeError):
            return None

    def put(self, key: str, answer: str) -> None:
        """Keep an answer. Raises StoreError where the disk refuses."""
        file = self._file(key)
        part = file.with_name(f".{file.name}.{os.getpid()}.{threading.get_ident()}.part")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(answer, "utf-8")
            part.replace(file)
        except OSError as error:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise StoreError(
                f"{file.parent}: an answer that was paid for cannot be kept ({error.strerror}). "
                "Free some space, or set EVOKE_CACHE_DIR to a folder that can be written"
            ) from error

    def _file(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key[2:]}.json"


def key_of(*parts: object) -> str:
    """The name of an answer: 64 hex digits over everything that shaped the question (anything JSON can hold)."""
    return hashlib.sha256(json.dumps(parts).encode("ascii")).hexdigest()
