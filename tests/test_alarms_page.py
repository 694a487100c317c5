"""The page of alarms names every alarm the program raises, every log event that wants a person, and every metric."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.test_house_rules import called, calls, functions, log_calls, product

PAGE = (Path(__file__).parents[1] / "docs" / "operations.md").read_text(encoding="utf-8")


def known(kind: str) -> set[str]:
    """The names in the first column of the table headed by ``kind``, without what follows a colon or brace."""
    _, _, table = PAGE.partition(f"\n| {kind} |")
    rows = table.partition("\n\n")[0].splitlines()[2:]
    return {re.split(r"[:{]", name)[0] for row in rows for name in re.findall(r"`([^`]+)`", row.split("|")[1])}


@cache
def constants() -> dict[str, str]:
    """The strings that modules of the shell name, among them the keys of alarms."""
    found: dict[str, str] = {}
    for path, tree in product().items():
        for node in tree.body if path.startswith("bot/") else ():
            if not isinstance(node, ast.Assign):
                continue
            for target in node.targets:
                pairs = (
                    zip(target.elts, node.value.elts, strict=False)
                    if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
                    else [(target, node.value)]
                )
                for name, value in pairs:
                    if isinstance(value, ast.Constant) and isinstance(value.value, str):
                        found[f"{path}:{ast.unparse(name)}"] = value.value
    return found


def read(node: ast.AST, path: str, inside: ast.AST) -> Iterator[str]:
    """The beginnings a key can have: a constant, a name of one, a loop over some, or what a function returns."""
    match node:
        case ast.Constant(value=str(text)):
            yield text.partition(":")[0]
        case ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]):
            yield text.partition(":")[0]
        case ast.Name(id=name):
            yield from named(name, path, inside)
        case ast.Attribute(value=ast.Name(id=module), attr=name):
            yield from (text for place, text in constants().items() if place.endswith(f"/{module}.py:{name}"))
        case ast.Call():
            for elsewhere, tree in product().items():
                for function in functions(tree):
                    if elsewhere.startswith("bot/") and function.name == called(node):
                        for back in (one for one in ast.walk(function) if isinstance(one, ast.Return) and one.value):
                            assert back.value is not None
                            yield from read(back.value, elsewhere, function)


def named(name: str, path: str, inside: ast.AST) -> Iterator[str]:
    loops = [one for one in ast.walk(inside) if isinstance(one, ast.For) and ast.unparse(one.target) == name]
    for loop in loops:
        for one in loop.iter.elts if isinstance(loop.iter, ast.Tuple) else ():
            yield from read(one, path, inside)
    if not loops:
        home = {path: name} | {
            f"{(node.module or '').replace('.', '/')}.py": alias.name
            for node in ast.walk(product()[path])
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
            if (alias.asname or alias.name) == name
        }
        places = (f"{place}:{theirs}" for place, theirs in home.items())
        yield from (constants()[place] for place in places if place in constants())


def raised() -> dict[str, set[str]]:
    """The beginnings of the keys of each raise_alarm in the shell, by where it is."""
    found = {}
    for path, tree in product().items():
        for function in functions(tree):
            for call in calls(function, "raise_alarm"):
                found[f"{path}:{call.lineno}"] = set(read(call.args[2], path, function))
    return found


def test_every_alarm_that_is_raised_is_on_the_page() -> None:
    keys = raised()

    assert len(keys) > 10
    assert [place for place, found in keys.items() if not found] == [], "its key cannot be read from the source"
    assert {key for found in keys.values() for key in found} == known("alarm key")


@pytest.mark.parametrize("level", ["warning", "error", "exception", "critical"])
def test_every_log_event_from_a_warning_on_is_on_the_page(level: str) -> None:
    here = known("event") | {"alarm_raised", "alarm_cleared"}
    logged = {
        str(call.args[0].value)
        for tree in product().values()
        for call in log_calls(tree)
        if called(call) == level and isinstance(call.args[0], ast.Constant)
    }

    assert logged
    assert logged - here == set()


def test_every_metric_is_on_the_page() -> None:
    told = {
        node.value
        for path, tree in product().items()
        if path.startswith("webhooks/figures/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("backstop_")
    }

    assert len(told) > 15
    assert told == known("metric")
