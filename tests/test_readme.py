from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def test_every_module_stands_in_the_tree_with_a_phrase():
    tree = README.split("## Where things are")[1].split("## Checks")[0].splitlines()
    phrased = [line.split(maxsplit=1) for line in tree if line.startswith("  ")]
    named = {parts[0] for parts in phrased if len(parts) == 2}
    modules = {file.name for file in (ROOT / "src").rglob("*.py") if "migrations" not in file.parts}
    assert modules - {"__init__.py", "__main__.py"} <= named


def test_every_figure_in_the_log_stands_below_a_command():
    log = (ROOT / "eval" / "results" / "LOG.md").read_text("utf-8")
    for section in log.split("\n### ")[1:]:
        assert "`" in section.split("\n|")[0], section.splitlines()[0]
