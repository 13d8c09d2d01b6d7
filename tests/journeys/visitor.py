"""What a learner does with the app, as sentences. Knows buttons and headings by their names, no code of the pages."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

PATIENCE_MS = 180_000  # two busy cores, and a model on them


class Visitor:
    """A learner at a browser."""

    def __init__(self, page: Page, pictures: Path, patience_ms: int = PATIENCE_MS) -> None:
        self.page, self._pictures = page, pictures
        page.set_default_timeout(patience_ms)
        expect.set_options(timeout=patience_ms)

    def meet(self, name: str) -> None:
        """Choose a client, read the brief, begin."""
        self.press(f"Meet {name}")
        self.sees("What to practise")
        self.press(f"Begin the talk with {name}")
        self.box()

    def box(self) -> Locator:
        """The box for the learner's words, once they may speak."""
        box = self.page.get_by_test_id("stChatInputTextArea")
        expect(box).to_be_enabled()
        return box

    def say(self, words: str) -> None:
        """Send words to the client, without waiting for an answer."""
        box = self.box()
        box.fill(words)
        box.press("Enter")
        expect(self.said().filter(has_text=words[:40])).not_to_have_count(0)

    def talk(self, words: str) -> None:
        """Send words and wait until the client has answered."""
        self.box()
        before = self.said().count()
        self.say(words)
        expect(self.said()).to_have_count(before + 2)
        self.settled()

    def said(self) -> Locator:
        """The turns on the page."""
        return self.page.get_by_test_id("stChatMessage")

    def heard(self) -> list[str]:
        """The words of every turn, in order."""
        return [text.strip() for text in self.said().get_by_test_id("stText").all_inner_texts()]

    def press(self, name: str) -> None:
        """Press the first button of that name."""
        self.page.get_by_role("button", name=name).first.click()

    def sees(self, words: str) -> None:
        """Wait until words stand on the page."""
        expect(self.page.get_by_text(words).first).to_be_visible()

    def open_section(self, name: str) -> None:
        """Open a section of the debrief and wait for it."""
        self.page.get_by_role("tab", name=name).click()
        self.settled()

    def settled(self) -> None:
        """Wait until the app has nothing left to do."""
        expect(self.page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", re.compile("notRunning"))
        self.page.wait_for_timeout(400)

    def picture(self, name: str, *, whole: bool = False) -> Path:
        """Keep a picture of the page; `whole` makes the window as tall as the page first."""
        self._pictures.mkdir(parents=True, exist_ok=True)
        file = self._pictures / f"{name}.png"
        size = self.page.viewport_size or {"width": 1280, "height": 900}
        if whole:
            tall = self.page.evaluate(
                "document.querySelector('section.stMain, [data-testid=stMain]')?.scrollHeight ?? 900"
            )
            self.page.set_viewport_size({"width": size["width"], "height": min(int(tall) + 20, 5000)})
            self.page.wait_for_timeout(600)
        self.page.screenshot(path=file)
        self.page.set_viewport_size(size)
        return file
