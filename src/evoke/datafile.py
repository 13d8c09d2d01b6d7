"""Reads YAML written by people into a checked type; every fault is told with file, line, field and cure. Knows no card.

Files are untrusted: no tags, no anchors, a size limit, no key twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from evoke.errors import BadInput

Model = TypeVar("Model", bound=BaseModel)
Place = tuple[int | str, ...]

LARGEST_FILE = 1_000_000  # bytes; a finished card has about 40,000
DEEPEST = 30  # levels of nesting
_INDENT_OR_QUOTES = "Check the indent, and put text with a colon, # or leading quote in double quotes"


def read_yaml(file: Path, model: type[Model]) -> Model:
    """The file as `model`. Raises BadInput with the place of the first fault and what to do about it."""
    return parse_yaml(_text(file), model, file)


def parse_yaml(text: str, model: type[Model], file: Path | None = None) -> Model:
    """YAML text as `model`; `file` is only named in errors."""
    node = _compose(text, file)
    lines: dict[Place, int] = {}
    data = _plain(node, (), lines, file)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise _fault(error, lines, file) from error


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise BadInput(
                f"larger than {LARGEST_FILE // 1000} kB", file=file, cure="Cut it down; a finished card has about 40 kB"
            )
        return file.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput("is not UTF-8 text", file=file, cure="Save it as UTF-8") from error
    except OSError as error:
        raise BadInput("cannot be read", file=file, cure="Check the path and its rights") from error


def _compose(text: str, file: Path | None) -> yaml.Node:
    """The tree of nodes, whose marks know their lines; anchors and aliases are refused."""
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise BadInput("an anchor or alias (& or *) stands here", file=file, line=_line_of(event.start_mark),
                               cure="Write the text out, in quotes where it begins with & or *")  # fmt: skip
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        raise BadInput(f"not valid YAML ({error.problem or error.context})", file=file,
                       line=_line_of(error.problem_mark or error.context_mark),
                       cure=_INDENT_OR_QUOTES) from error  # fmt: skip
    except yaml.YAMLError as error:
        raise BadInput("not valid YAML", file=file, cure="Remove characters that are not plain text") from error
    if node is None:
        raise BadInput("the file is empty", file=file, cure="Start from personas/blank.yaml")
    return node


def _line_of(mark: Any) -> int | None:
    """A mark's line as people count it."""
    return mark.line + 1 if mark else None


def _plain(node: yaml.Node, place: Place, lines: dict[Place, int], file: Path | None) -> Any:
    """Nodes as dicts, lists and scalars, with the line of each place noted on the way."""
    lines[place] = node.start_mark.line + 1
    if len(place) > DEEPEST:
        raise BadInput("nested too deep", file=file, line=lines[place], cure="Compare it with personas/blank.yaml")
    if isinstance(node, yaml.MappingNode):
        return dict(_pairs(node, place, lines, file))
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, (*place, n), lines, file) for n, child in enumerate(node.value)]
    return _scalar(node, file)


def _pairs(
    node: yaml.MappingNode, place: Place, lines: dict[Place, int], file: Path | None
) -> Iterator[tuple[str, Any]]:
    seen: set[str] = set()
    for key_node, value_node in node.value:
        key, line = str(key_node.value), key_node.start_mark.line + 1
        if key in seen:
            raise BadInput("stands twice in one place", file=file, line=line, field=_dotted((*place, key)),
                           cure="Keep one of the two")  # fmt: skip
        seen.add(key)
        yield key, _plain(value_node, (*place, key), lines, file)
        lines[(*place, key)] = line


def _scalar(node: yaml.Node, file: Path | None) -> Any:
    """One value as plain YAML means it."""
    loader = yaml.SafeLoader("")
    try:
        value = loader.construct_object(node, deep=True)
    except (yaml.YAMLError, ValueError) as error:
        raise BadInput("a value of a kind that is not allowed here", file=file, line=node.start_mark.line + 1,
                       cure="Write text, numbers, true or false; put all else in quotes") from error  # fmt: skip
    return value if isinstance(value, str | int | float | bool | None) else str(node.value)


def _fault(error: ValidationError, lines: dict[Place, int], file: Path | None) -> BadInput:
    """The first fault of a validation, at the nearest line known for it."""
    first = error.errors()[0]
    place: Place = tuple(first["loc"])
    if not place:
        place = _place_in(str(first["msg"]))
    more = len(error.errors()) - 1
    what = first["msg"].removeprefix("Value error, ")
    return BadInput(
        f"{what} (and {more} more)" if more else what,
        file=file,
        line=_line(place, lines),
        field=_dotted(place) or None,
        cure=_cure(first),
    )


def _place_in(message: str) -> Place:
    """The place that a whole-model check names at the start of its message, such as "lines.4: ..."."""
    head = message.removeprefix("Value error, ").split(":")[0]
    return tuple(int(part) if part.isdigit() else part for part in head.split(".")) if " " not in head else ()


def _line(place: Place, lines: dict[Place, int]) -> int | None:
    while place not in lines and place:
        place = place[:-1]
    return lines.get(place)


def _dotted(place: Place) -> str:
    return ".".join(str(part) for part in place)


CURES = {
    "missing": "Add this field; personas/blank.yaml shows it",
    "extra_forbidden": "Remove it or correct its spelling; only known fields are read",
    "literal_error": "Use one of the words listed",
    "string_type": "Write text; put numbers and yes/no in double quotes",
    "too_short": "Add more entries",
    "string_too_short": "Write something here",
    "string_pattern_mismatch": "Match the form that the message names",
}


def _cure(fault: ErrorDetails) -> str:
    return CURES.get(fault["type"], "Correct the value; personas/blank.yaml shows what belongs here")
