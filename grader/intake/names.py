"""What is taken out of a submission, under which name, and up to which size."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from grader.sentences import Sentence

PYTHON, NOTEBOOK = ".py", ".ipynb"
MAX_FILE = 1 << 20
MAX_NOTEBOOK = 16 << 20  # pictures are inside
MAX_TOTAL = 32 << 20
MAX_FILES = 200
MAX_MEMBERS = 100_000  # of any kind: a set of pictures may lie beside the code
MAX_NAME = 1000
MAX_DEPTH = 4
SHOWN = 120  # characters of a name in a sentence

# Caches, installed packages, and what an instructor keeps beside the solutions.
SKIPPED = frozenset(
    {"__pycache__", "node_modules", "site-packages", "wrong_answers", "accepted_variants"}
)
_DRIVE = re.compile(r"[A-Za-z]:")


class Refused(Exception):
    """What was handed in cannot be taken; the sentence says why, and what to do."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key, values)
        self.sentence = Sentence(key, values)


def shown(name: str) -> str:
    """A name as a sentence shows it: whole if it is short, and printable."""
    name = name if name.isprintable() else ascii(name)[1:-1]
    return name if len(name) <= SHOWN else f"{name[: SHOWN // 2]}...{name[-SHOWN // 2 :]}"


def skipped_folder(name: str) -> bool:
    """Whether a folder of that name holds nothing that a student wrote."""
    return name in SKIPPED or name.startswith((".", "__MACOSX"))


class Taken:
    """The files of one kind, PYTHON or NOTEBOOK, taken from members offered one by one."""

    def __init__(self, suffix: str) -> None:
        self.suffix = suffix
        self.files: dict[str, bytes] = {}
        self._members = 0
        self._total = 0
        self._names: dict[str, str] = {}

    def name_of(self, name: str) -> str:
        """The name to take a member under, or "" to skip it.

        Raises Refused if it leads out of the submission, or is one of ours and no usable name.
        """
        self.count()
        # Some Windows tools separate folders in archives with backslashes; no file's name has one.
        path = name.replace("\\", "/")
        parts = [part for part in path.split("/") if part not in ("", ".")]
        if path.startswith("/") or _DRIVE.match(path) or ".." in parts:
            raise Refused("refused_outside", name=shown(name))
        if "\0" in path:  # what comes after it is invisible to some tools
            raise Refused("refused_name", name=shown(name))
        if not parts or path.endswith("/") or not parts[-1].lower().endswith(self.suffix):
            return ""
        if parts[-1].startswith(".") or any(map(skipped_folder, parts)):
            return ""
        if len(path) > MAX_NAME:
            raise Refused("refused_path", name=shown(name), count=MAX_NAME)
        clean = unicodedata.normalize("NFC", "/".join(parts))
        if not clean.isprintable():
            raise Refused("refused_name", name=shown(name))
        return clean[: -len(self.suffix)] + self.suffix

    def count(self) -> None:
        """Count a member of any kind; Refused beyond the cap."""
        self._members += 1
        if self._members > MAX_MEMBERS:
            raise Refused("refused_members", count=MAX_MEMBERS)

    def take(self, name: str, size: int, read: Callable[[int], bytes]) -> None:
        """Read a file under a name from `name_of`; `read(n)` gives up to n bytes of it.

        size: what the archive or the file system says; checked first, and not believed.
        """
        same = name.casefold()
        if same in self._names:
            raise Refused("refused_twice", name=shown(name), other=shown(self._names[same]))
        self._names[same] = name
        if len(self.files) >= MAX_FILES:
            raise Refused("refused_many", count=MAX_FILES)
        largest = MAX_FILE if self.suffix == PYTHON else MAX_NOTEBOOK
        content = b"" if size > largest else read(largest + 1)
        if size > largest or len(content) > largest:
            key = "refused_large" if self.suffix == PYTHON else "refused_notebook_large"
            raise Refused(key, name=shown(name), mib=largest >> 20)
        self._total += len(content)
        if self._total > MAX_TOTAL:
            raise Refused("refused_total", mib=MAX_TOTAL >> 20)
        self.files[name] = content

    def without_outer_folder(self) -> dict[str, bytes]:
        """The files of an archive: packing a folder puts its name before every file.

        What then lies as deep as a folder is not searched either is left out.
        """
        folders = [name.split("/")[:-1] for name in self.files]
        common = 0
        for level in zip(*folders, strict=False):
            if len(set(level)) > 1:
                break
            common += 1
        inner = {name: name.split("/")[common:] for name in self.files}
        return {
            "/".join(parts): self.files[name]
            for name, parts in inner.items()
            if len(parts) <= MAX_DEPTH
        }
