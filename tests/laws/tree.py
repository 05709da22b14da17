"""The source tree as the laws see it: modules, their imports, their functions."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("config", "accounts", "projects", "reconciliation")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One Python file: ``name`` dotted, ``path`` relative to the root."""

    name: str
    path: Path

    @cached_property
    def text(self) -> str:
        """The source."""
        return (ROOT / self.path).read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of the tree; many laws walk it."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def imports(self) -> frozenset[str]:
        """Every module imported anywhere in the file; ``from a import b`` counts as a and a.b."""
        found: set[str] = set()
        for node in self.nodes:
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        return frozenset(found - self._for_types)

    @cached_property
    def _for_types(self) -> frozenset[str]:
        """What is imported only below ``if TYPE_CHECKING``."""
        found: set[str] = set()
        for node in self.nodes:
            if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
                for child in ast.walk(node):
                    if isinstance(child, ast.ImportFrom) and child.module:
                        found |= {child.module, *(f"{child.module}.{a.name}" for a in child.names)}
        return frozenset(found)

    def functions(self) -> Iterator[Function]:
        """Every function and method."""
        for node in self.nodes:
            if isinstance(node, Function):
                yield node

    def imports_of(self, *prefixes: str) -> set[str]:
        """The imports that are one of ``prefixes`` or below it."""
        return {
            name
            for name in self.imports
            if any(name == prefix or name.startswith(f"{prefix}.") for prefix in prefixes)
        }


@cache
def modules(*folders: str) -> tuple[Module, ...]:
    """Every module below the folders (all apps where none is named), but migrations."""
    found = []
    for folder in folders or APPS:
        start = ROOT / folder
        for path in [start] if start.suffix else sorted(start.rglob("*.py")):
            relative = path.relative_to(ROOT)
            if "migrations" not in relative.parts:
                found.append(module_at(relative))
    return tuple(found)


@cache
def module_at(relative: Path) -> Module:
    """Return the module at a path below the root, the same one each time: it is parsed once."""
    parts = relative.with_suffix("").parts
    return Module(".".join(parts[:-1] if parts[-1] == "__init__" else parts), relative)


def length(node: Function) -> int:
    """Lines of a function without its decorators and its docstring."""
    total = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        total -= (first.end_lineno or first.lineno) - first.lineno + 1
    return total


def nesting(node: ast.AST, depth: int = 0) -> int:
    """The deepest nesting of blocks in a function."""
    blocks = ast.If | ast.For | ast.While | ast.With | ast.Try
    deepest = depth
    for child in ast.iter_child_nodes(node):
        inner = depth + isinstance(child, blocks)
        if isinstance(child, ast.If) and isinstance(node, ast.If) and child in node.orelse:
            inner = depth
        if not isinstance(child, Function | ast.ClassDef):
            deepest = max(deepest, nesting(child, inner))
    return deepest
