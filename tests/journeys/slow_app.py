"""The app with a scripted client that speaks slowly enough to be interrupted; for journeys only."""

import runpy
from pathlib import Path

from evoke.llm import scripted

scripted.ScriptedModel.__init__.__kwdefaults__["delay_s"] = 0.4
runpy.run_path(str(Path(__file__).parents[2] / "app.py"), run_name="__main__")
