"""What the program asks of the replies and gives to them, read from its own source.

An editor may only use a fact that some part of the program gives, and must keep the words that it
says; the program itself is the one list of both that is never out of date.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

_HERE = Path(__file__).resolve().parents[2]
_KEY = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
_SCRIPT = re.compile(r"[a-z]+(?:\.[a-z]+)?")
_PAGE_WORDS = re.compile(r"\bwords\.([a-z]\w*)")
_PAGE = (".j2", ".js")
_WEBCHAT = "webchat"
_SAYING = ("Reply", "say", "Unclear", "Option", "start")  # calls whose first argument is a key
_TOLD = ("check.", "sheets.")  # files whose keys are handed on before they are said
_PHRASES = "policy"  # the file that bot/knowledge says its phrases from


@dataclass(frozen=True, slots=True)
class Given:
    """What the program's source tells of the replies."""

    keys: frozenset[str]  # "policy.answer": what it may say
    facts: frozenset[str]  # the names of all facts that it may give to some reply
    traits: frozenset[str]  # the names of everything that a fact may have
    scripts: frozenset[str]  # the names of the conversations, and all that looks like one


@cache
def given() -> Given:
    """Of the whole program; read once, in a few tenths of a second."""
    nodes = [node for path in _sources(".py") for node in ast.walk(_tree(path))]
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    keys = {key for call in calls for key in _keys(call)} | set(_page_keys())
    return Given(
        frozenset(keys),
        frozenset(_facts(nodes, calls)),
        frozenset(_traits(nodes)),
        frozenset(_scripts(nodes)),
    )


def _sources(*endings: str) -> list[Path]:
    tops = (_HERE / "bot", _HERE / "dialogs")
    return [path for top in tops for path in top.rglob("*") if path.suffix in endings]


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _keys(call: ast.Call) -> Iterator[str]:
    """The keys among the arguments of a call."""
    name = _name(call.func)
    is_phrase = isinstance(call.func, ast.Attribute) and _name(call.func.value) == "_phrases"
    for place, argument in enumerate(call.args):
        for said in _said(argument):
            is_said = (place == 0 and name in _SAYING) or said.startswith(_TOLD)
            if is_phrase and said.isidentifier():
                yield f"{_PHRASES}.{said}"
            elif is_said and _KEY.fullmatch(said):
                yield said


def _name(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _said(argument: ast.expr) -> Iterator[str]:
    match argument:
        case ast.Constant(value=str(said)):
            yield said
        case ast.IfExp(body=body, orelse=orelse):
            yield from _said(body)
            yield from _said(orelse)
        case _:
            pass


def _page_keys() -> Iterator[str]:
    for path in _sources(*_PAGE):
        if _WEBCHAT in path.parts:  # its pages call their words so, and no others do
            for name in _PAGE_WORDS.findall(path.read_text(encoding="utf-8")):
                yield f"{_WEBCHAT}.{name}"


def _facts(nodes: list[ast.AST], calls: list[ast.Call]) -> Iterator[str]:
    for call in calls:
        yield from (keyword.arg for keyword in call.keywords if keyword.arg is not None)
    for node in nodes:  # names also come from lists and enumerations
        match node:
            case ast.Constant(value=str(name)) if name.isidentifier():
                yield name
            case _:
                pass


def _traits(nodes: list[ast.AST]) -> Iterator[str]:
    for kind in (str, dict, tuple, datetime):
        yield from dir(kind)
    for node in nodes:
        match node:
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.Dict(keys=keys):
                yield from (str(key.value) for key in keys if isinstance(key, ast.Constant))
            case _:
                pass


def _scripts(nodes: list[ast.AST]) -> Iterator[str]:
    for node in nodes:
        match node:
            case ast.Constant(value=str(name)) if _SCRIPT.fullmatch(name):
                yield name
            case _:
                pass
