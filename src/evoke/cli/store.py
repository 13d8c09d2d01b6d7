"""`evoke db`: the archive's schema."""

from __future__ import annotations

import typer

from evoke.cli.shared import say
from evoke.settings import settings

commands = typer.Typer(no_args_is_help=True, help="The archive of sessions.")


@commands.callback()
def _group() -> None:
    """Keep `db` a group while it has one command."""


@commands.command()
def upgrade() -> None:
    """Bring the archive to this version's schema; making it where there is none."""
    from evoke.archive import Archive

    archive = Archive(settings().sqlalchemy_url)
    say(f"The archive is at revision {archive.revision()}.")
