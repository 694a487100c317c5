"""Rules of the house no linter knows, read from the syntax trees (architecture.md, style.md)."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ELSEWHERE = {"sandbox", "tests", "migrations", "node_modules", ".venv"}
PURE = ("sla", "oncall", "triage", "articles", "conversations")
CLAIMS = "bot/claims.py"
# The sweep runner, parking an inbound payload, parking a delivery (style.md, house habit 4).
BROAD = [("bot/answer.py", "_one"), ("bot/deliver.py", "carry"), ("bot/sweeps.py", "sweep")]
PRIVATE = {"text", "texts", "body", "words", "address", "number", "phone", "email", "mail", "caption", "payload"} | {
    "token",
    "secret",
    "call",
    "line",
    "value",
    "destination",
    "source",
    "thread",
}
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def sources() -> dict[str, ast.Module]:
    """Every module of the product, by its path."""
    found = (path.relative_to(ROOT) for path in ROOT.rglob("*.py"))
    ours = [path for path in found if not ELSEWHERE & set(path.parts) and not path.parts[0].startswith(".")]
    return {path.as_posix(): ast.parse((ROOT / path).read_text(encoding="utf-8")) for path in ours}


def product() -> dict[str, ast.Module]:
    """Without the bench, which measures the product from outside."""
    return {path: tree for path, tree in sources().items() if not path.startswith("bench/")}


def calls(tree: ast.AST, *names: str) -> list[ast.Call]:
    """Calls of these names, as functions or methods."""
    found = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return [call for call in found if called(call) in names]


def called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def imported(tree: ast.AST) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def writing_blocks(tree: ast.AST) -> list[ast.With]:
    blocks = (node for node in ast.walk(tree) if isinstance(node, ast.With))
    return [block for block in blocks if any(calls(item.context_expr, "writing") for item in block.items)]


def test_the_rules_see_the_whole_product() -> None:
    for path in ("app.py", "worker.py", "parts.py", "bot/claims.py", "webhooks/receive.py", "sla/clocks.py"):
        assert path in product()


def test_write_transactions_begin_only_in_the_shell() -> None:
    begun = {path for path, tree in product().items() if calls(tree, "writing")}

    assert begun
    assert {path for path in begun if not path.startswith("bot/")} == set()


def test_only_one_module_begins_transactions_by_sqlalchemys_own_means() -> None:
    stored = {
        path: tree for path, tree in product().items() if not path.startswith(PURE)
    }  # `begin` is a flow's word there

    assert [path for path, tree in stored.items() if calls(tree, "begin", "begin_nested", "commit")] == [CLAIMS]


def test_models_never_commit_and_doors_never_add() -> None:
    for path, tree in product().items():
        if path.startswith(("models/", "webhooks/", "commands/", "dashboard/", "helpcenter/")):
            assert calls(tree, "commit", "flush", "add", "add_all", "merge", "insert", "writing") == [], path


def test_no_call_to_a_provider_is_made_inside_a_write_transaction() -> None:
    blocks = [(path, block) for path, tree in product().items() for block in writing_blocks(tree)]

    assert len(blocks) >= 8
    for path, block in blocks:
        made = calls(block, "send", "find", "carry", "connect", "get", "post", "fetch", "run")
        assert [call for call in made if "session" not in ast.unparse(call.func)] == [], f"{path}:{block.lineno}"


def test_only_the_sender_calls_a_channel_and_what_runs_inside_a_transaction_does_not() -> None:
    callers = {
        (path, function.name)
        for path, tree in product().items()
        if path.startswith("bot/")
        for function in functions(tree)
        if calls(function, "send", "find", "missed", "recover")
    }

    assert callers == {
        ("bot/deliver.py", "_sent"),
        ("bot/deliver.py", "_found"),
        ("bot/reconcile.py", "_listed"),
        ("bot/reconcile.py", "_whole"),
    }
    inside = {
        called(call) for _, tree in product().items() for block in writing_blocks(tree) for call in calls_in(block)
    }
    assert not inside & {"_sent", "_found", "_listed", "_whole", "carry"}


def calls_in(block: ast.AST) -> list[ast.Call]:
    return [node for node in ast.walk(block) if isinstance(node, ast.Call)]


def test_one_module_knows_a_database_dialect() -> None:
    dialects = ("sqlalchemy.dialects", "psycopg", "sqlite3")

    knowing = {path for path, tree in product().items() if any(name.startswith(dialects) for name in imported(tree))}

    assert knowing == {CLAIMS}


def test_broad_excepts_are_the_three_of_the_house() -> None:
    broad = []
    for path, tree in product().items():
        for function in functions(tree):
            for handler in (node for node in ast.walk(function) if isinstance(node, ast.ExceptHandler)):
                names = {"*"} if handler.type is None else {ast.unparse(node) for node in ast.walk(handler.type)}
                if names & {"*", "Exception", "BaseException"}:
                    broad.append((path, function.name))

    assert sorted(broad) == BROAD


def test_each_broad_except_logs_what_it_caught() -> None:
    for path, name in BROAD:
        (function,) = [one for one in functions(sources()[path]) if one.name == name]
        (handler,) = [
            node
            for node in ast.walk(function)
            if isinstance(node, ast.ExceptHandler) and node.type is not None and ast.unparse(node.type) == "Exception"
        ]
        assert calls(handler, "exception"), path


@pytest.mark.parametrize("package", PURE)
def test_pure_packages_read_no_clock_and_roll_no_dice(package: str) -> None:
    for path, tree in product().items():
        if path.startswith(f"{package}/"):
            assert imported(tree) & {"time", "random", "secrets", "os", "uuid"} == set(), path
            assert calls(tree, "now", "utcnow", "today", "monotonic") == [], path


def test_functions_are_at_most_40_lines() -> None:
    long = [
        f"{path}:{function.lineno} {function.name} has {function.end_lineno - function.lineno + 1} lines"
        for path, tree in sources().items()
        for function in functions(tree)
        if function.end_lineno is not None and function.end_lineno - function.lineno + 1 > 40
    ]

    assert long == []


def test_functions_take_at_most_five_parameters_and_files_have_at_most_250_lines() -> None:
    lengths = {path: len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in sources()}
    crowded = [
        f"{path}:{function.lineno} {function.name}"
        for path, tree in product().items()
        for function in functions(tree)
        if len([argument for argument in function.args.args if argument.arg not in ("self", "cls")]) > 5
    ]

    assert {path: length for path, length in lengths.items() if length > 250} == {}
    assert crowded == []


def log_calls(tree: ast.AST) -> list[ast.Call]:
    levels = ("debug", "info", "warning", "error", "exception", "critical")
    return [call for call in calls(tree, *levels) if "log" in ast.unparse(call.func).lower()]


def test_log_events_carry_no_text_address_number_or_token() -> None:
    found = [(path, call) for path, tree in product().items() for call in log_calls(tree)]

    assert len(found) >= 10
    for path, call in found:
        keys = {keyword.arg for keyword in call.keywords}
        assert None not in keys, f"{path}:{call.lineno} hides its keys"
        assert not keys & PRIVATE, f"{path}:{call.lineno} logs {keys & PRIVATE}"


def test_log_events_have_constant_names() -> None:
    for path, tree in product().items():
        for call in log_calls(tree):
            name = call.args[0] if len(call.args) == 1 else None
            assert isinstance(name, ast.Constant), f"{path}:{call.lineno}"
            assert str(name.value).replace("_", "").isalpha(), f"{path}:{call.lineno}"


def test_every_module_says_what_it_is_for() -> None:
    silent = [path for path, tree in sources().items() if tree.body and not ast.get_docstring(tree)]

    assert silent == []
