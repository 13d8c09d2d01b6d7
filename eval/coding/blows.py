"""How often a push or a blow is credited as listening: what the directive and the hostile counsellor say, coded.

    python -m eval.coding.blows [--model FILE.onnx]

None of these sentences (`prompts/counsellor/`) was ever trained on, and none of them reflects. Each is said after one
client's turn; printed are those that the coder takes for a reflection.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from eval.client.ordinary import said_by

from evoke.coder.encoder import EncoderCoder
from evoke.coder.tuned import TunedScorer
from evoke.codes import Coded
from evoke.transcript import Turn

COUNSELLORS = ("directive", "hostile")
BEFORE = Turn(id="0", parent=None, speaker="client", text="I don't need anybody for this, I sleep badly, that's all.")
AT_LEAST = 4  # words; shorter ones and patterns are left out


def sentences(counsellor: str) -> list[str]:
    """Everything that a counsellor may say, blanks filled."""
    whole = [line for line in said_by(counsellor, AT_LEAST) if "\\b" not in line]
    filled = {"$said": "you sleep badly", "$Said": "You sleep badly", "$thing": "sleep"}
    for blank, words in filled.items():
        whole = [line.replace(blank, words) for line in whole]
    return whole


def passed_for_listening(coder: EncoderCoder, counsellor: str) -> list[str]:
    """The sentences that the coder calls a reflection."""
    return [line for line in sentences(counsellor) if _reflects(coder, line)]


def _reflects(coder: EncoderCoder, line: str) -> bool:
    coded = coder.code(line, "learner", (BEFORE,))
    return isinstance(coded, Coded) and coded.has("simple_reflection", "complex_reflection")


def main() -> None:
    """Print what passed, and how many of how many."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path)
    coder = EncoderCoder(TunedScorer(parser.parse_args().model))
    for counsellor in COUNSELLORS:
        passed = passed_for_listening(coder, counsellor)
        print(*passed, sep="\n")
        print(f"{counsellor}: {len(passed)} of {len(sentences(counsellor))} pass for reflections")


if __name__ == "__main__":
    main()
