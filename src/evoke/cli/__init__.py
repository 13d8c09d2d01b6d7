"""The `evoke` command. Each command is a few lines over the library; heavy imports happen inside it.

Exit codes: 0 success, 1 bad input or a model or store that failed (one clear line), 2 wrong usage.
"""

from __future__ import annotations

from evoke.cli import cards, measure, models, practice, reading, store
from evoke.cli.shared import EvokeApp

app = EvokeApp(
    name="evoke",
    help="A practice room for motivational interviewing. Training, not care.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
practice.add_to(app)
measure.add_to(app)
reading.add_to(cards.commands)
app.add_typer(cards.commands, name="persona")
app.add_typer(models.commands, name="models")
app.add_typer(store.commands, name="db")
