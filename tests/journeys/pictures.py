"""The README's pictures: `python -m tests.journeys.pictures` writes docs/conversation.png and docs/debrief.png.

The client speaks with whatever voice the settings of this machine choose; the archive is a folder that is thrown away.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser import QUIET, chromium
from tests.journeys.serving import ROOT, serve
from tests.journeys.visitor import Visitor

DOCS = ROOT / "docs"
LARGE_MODEL_MS = 400_000  # a first reply on a busy machine
WORDS = (
    "Thanks for coming in, Gloria. How have things been since that text from the surgery?",
    "You know your own body, and a text out of the blue felt a bit like being told off.",
    "It's your decision what goes into your body. What have you noticed on days with the tablets and without?",
    "You should really take both every day. With readings like yours you could have a stroke.",
    "That came out as a lecture, and I'm sorry. What worries you most about all this, if anything?",
    "Watching what happened to Pearl frightened you, and you want to walk into church on your own two feet.",
)


def take(folder: Path) -> list[Path]:
    """Hold a talk with Gloria and keep a picture of it and of its debrief."""
    served = serve("app.py", {"EVOKE_DATA_DIR": str(folder)})
    try:
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=chromium(), args=list(QUIET))
            page = browser.new_page(viewport={"width": 1100, "height": 860}, device_scale_factor=1.5)
            page.goto(served.url)
            return _journey(Visitor(page, DOCS, LARGE_MODEL_MS))
    finally:
        served.kill()


def _journey(learner: Visitor) -> list[Path]:
    learner.meet("Gloria")
    for words in WORDS:
        learner.talk(words)
    conversation = learner.picture("conversation")
    learner.press("End and debrief")
    learner.press("Show the debrief")
    learner.sees("What to try next")
    learner.settled()
    return [conversation, learner.picture("debrief", whole=True)]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        sys.stdout.write("\n".join(f"wrote {file.relative_to(ROOT)}" for file in take(Path(name))) + "\n")
