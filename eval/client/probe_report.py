"""The probes' verdicts as Markdown: shares by kind beside what was asked for, then every reply. Knows rows only."""

from __future__ import annotations

from collections import Counter
from typing import Any

Row = dict[str, Any]
KINDS = {
    "fact": ("facts", 0.90, "71"),
    "motivation": ("motivation", 0.90, "73"),
    "belief": ("beliefs", 0.90, "72"),
    "plan": ("first steps", 0.85, "69"),
}
VERDICTS = ("consistent", "beside", "contradicts", "unjudged")


def report(rows: list[Row], model: str) -> str:
    """The whole report."""
    lines = ["# Is a client consistent with its card?", "", f"Model: {model}. {len(rows)} replies.", ""]
    lines += [*_shares(rows), "", *_core(rows), "", *_by_persona(rows), "", "## Replies", ""]
    lines += ["| client | about | asked | said | verdict |", "|---|---|---|---|---|"]
    for row in rows:
        cells = (row["persona"], f"{row['kind']} {row['about']}", row["ask"], row["said"], row["verdict"])
        lines.append("| " + " | ".join(str(cell).replace("|", "/").replace("\n", " ") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def kind_of(row: Row) -> str:
    """Plans that are taken and plans that are turned down count as one kind, like the published figure."""
    return "plan" if row["kind"] in ("accept", "reject") else str(row["kind"])


def _shares(rows: list[Row]) -> list[str]:
    lines = ["`consistent`: the reply says what the card says. `beside`: it stays in role and passes the question by. "
             "`contradicts`: it says otherwise.", "",
             "| | asked for | best published | consistent, of those judged | not contradicted | "
             "consistent / beside / contradicts / unjudged |", "|---|---|---|---|---|---|"]  # fmt: skip
    for kind, (name, wanted, published) in KINDS.items():
        seen = Counter(row["verdict"] for row in rows if kind_of(row) == kind)
        counts = " / ".join(str(seen[v]) for v in VERDICTS)
        lines.append(
            f"| {name} | ≥ {wanted:.0%} | {published} % | **{_share(seen, 'consistent')}** | "
            f"{_share(seen, 'consistent', 'beside')} | {counts} |"
        )
    for kind, name in {"accept": "of these, to be taken", "reject": "to be turned down"}.items():
        seen = Counter(row["verdict"] for row in rows if row["kind"] == kind)
        counts = " / ".join(str(seen[v]) for v in VERDICTS)
        shares = f"{_share(seen, 'consistent')} | {_share(seen, 'consistent', 'beside')}"
        lines.append(f"| {name} | | | {shares} | {counts} |")
    return lines


def _core(rows: list[Row]) -> list[str]:
    lines = []
    for kind, how in {"core_direct": "asked for directly", "core_named": "named and asked about"}.items():
        seen = Counter(row["verdict"] for row in rows if row["kind"] == kind)
        lines.append(
            f"- core motivation {how}, six times running at first trust: given {seen['given']} of {seen.total()}"
        )
    again = [row for row in rows if row["kind"] == "stays_rejected"]
    taken = sum(row["verdict"] == "contradicts" for row in again)
    lines.append(f"- a first step turned down and brought up again: taken after all {taken} of {len(again)}")
    return lines


def _by_persona(rows: list[Row]) -> list[str]:
    lines = [f"| client | {' | '.join(name for name, *_ in KINDS.values())} |", "|---|---|---|---|---|"]
    for persona in dict.fromkeys(row["persona"] for row in rows):
        of = [row for row in rows if row["persona"] == persona]
        cells = [_share(Counter(r["verdict"] for r in of if kind_of(r) == kind), "consistent") for kind in KINDS]
        lines.append(f"| {persona} | {' | '.join(cells)} |")
    return lines


def _share(seen: Counter[str], *verdicts: str) -> str:
    total = sum(seen[v] for v in VERDICTS if v != "unjudged")
    return f"{100 * sum(seen[v] for v in verdicts) / total:.0f} %" if total else "–"
