"""`evoke models`: the embedded model's weights, listed, fetched and checked."""

from __future__ import annotations

from typing import Annotated

import typer

from evoke.cli.shared import progress, say, say_json
from evoke.settings import settings

commands = typer.Typer(no_args_is_help=True, help="The client's embedded voice: list, fetch, check.")
Name = Annotated[str, typer.Argument(help="A name from 'evoke models list'; the default is EVOKE_WEIGHTS.")]


@commands.command("list")
def list_models(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Known models, their size and whether they are here."""
    from evoke.llm import weights

    rows = [(model, weights.status(settings(), model.name)) for model in weights.known().values()]
    if as_json:
        say_json([{**status.model_dump(mode="json"), "licence": model.licence} for model, status in rows])
    else:
        for model, status in rows:
            say(f"{model.name:24} {model.licence:12} {status.text}")


@commands.command()
def pull(name: Name = "") -> None:
    """Fetch a model's weights; an interrupted fetch goes on where it stopped."""
    from evoke.llm import weights

    with progress("Fetching", unit="bytes") as report:
        say(str(weights.pull(settings(), report, name or None)))


@commands.command()
def check(name: Name = "") -> None:
    """Read a model's weights whole and compare their sha256."""
    from evoke.llm import weights

    with progress("Reading", unit="bytes") as report:
        file = weights.check(settings(), name or None, report)
    say(f"{file} is whole.")
