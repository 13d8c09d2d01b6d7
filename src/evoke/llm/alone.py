"""One process at a time at a piece of work, by a lock file that a crash releases. Knows not which work."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

_LOOK_AGAIN_S = 0.5


@contextmanager
def alone(lock: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold the lock inside; while another process or thread holds it, call `waiting` twice a second."""
    with lock.open("ab") as handle:
        while not _taken(handle):
            waiting()
            time.sleep(_LOOK_AGAIN_S)
        yield  # closing the file lets go


if sys.platform == "win32":
    import msvcrt

    def _taken(handle: BinaryIO) -> bool:
        handle.seek(0)
        try:
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _taken(handle: BinaryIO) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
