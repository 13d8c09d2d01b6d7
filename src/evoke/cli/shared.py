"""What every command shares: errors as one line, progress bars, JSON on stdout. Knows no command."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer

from evoke.errors import BadInput, EvokeError, StoreError


class EvokeApp(typer.Typer):
    """A typer application that prints an EvokeError as one line and exits with 1."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command line."""
        try:
            return super().__call__(*args, **kwargs)
        except EvokeError as error:
            sys.stderr.write(f"evoke: {error}\n")
            raise SystemExit(1) from error
        except KeyboardInterrupt:
            raise SystemExit(130) from None


def say(text: str) -> None:
    """One line for a person on stdout."""
    typer.echo(text)


def note(text: str) -> None:
    """One line for a person on stderr, beside what a machine reads."""
    typer.echo(text, err=True)


def say_json(value: Any) -> None:
    """One JSON document on stdout."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))


@contextmanager
def progress(label: str, unit: str = "") -> Iterator[Callable[[int, int], None]]:
    """A progress bar on stderr that shows itself only on a terminal; call the yielded function with (done, total)."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    counter = DownloadColumn() if unit == "bytes" else MofNCompleteColumn()
    columns = (TextColumn("{task.description}"), BarColumn(), counter, TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def write_whole(out: Path, content: str | bytes) -> None:
    """Write a file whole or not at all. Raises StoreError or BadInput in one sentence."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    if not out.parent.is_dir():
        raise BadInput("the folder does not exist", file=out.parent, cure="Make it or choose another --out")
    handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(out)
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        raise StoreError(
            f"{out}: cannot be written ({error.strerror}). Free some space or choose another place"
        ) from error
