"""Values out of a parsed TOML file, each of its type, or one sentence that names the place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

LARGEST = 1 << 53  # of any number here; beyond it a float is not exact
LONGEST = 400  # characters of a complaint


class ManifestError(Exception):
    """The manifest is wrong; the message names the file and the place."""


def one_line(text: str) -> str:
    """A text that may hold anything from the file, fit to be shown."""
    shown = "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text[:LONGEST])
    return shown if len(text) <= LONGEST else f"{shown}..."


class Reader:
    """Takes values out of the parsed file and complains with the place."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def fail(self, where: str, what: str) -> ManifestError:
        return ManifestError(f"{self.path}: {one_line(f'{where}: {what}')}")

    def take(
        self, table: dict[str, Any], where: str, key: str, kind: type, default: Any = None
    ) -> Any:
        if key not in table:
            if default is not None:
                return default
            raise self.fail(where, f"`{key}` is missing")
        value = table.pop(key)
        if type(value) is int and abs(value) > LARGEST:
            raise self.fail(where, f"`{key}` is out of range")
        if kind is float and type(value) is int:
            value = float(value)
        if type(value) is not kind:
            raise self.fail(where, f"`{key}` must be a {kind.__name__}, not {value!r}")
        return value

    def names(self, table: dict[str, Any], where: str, key: str) -> tuple[str, ...]:
        values = self.take(table, where, key, list, [])
        if not all(isinstance(value, str) for value in values):
            raise self.fail(where, f"`{key}` must be a list of strings")
        if len(set(values)) != len(values):
            raise self.fail(where, f"`{key}` lists something twice")
        return tuple(values)

    def nothing_left(self, table: dict[str, Any], where: str) -> None:
        if table:
            raise self.fail(where, f"unknown key `{next(iter(table))}`")
