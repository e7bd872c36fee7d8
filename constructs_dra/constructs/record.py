"""The record of written files: which program wrote which file of an output folder, and what it wrote."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from attrs import define, field

__all__ = ["RECORD", "Record"]

RECORD = ".constructs-dra-files"
"""Its name in the folder; without an ending that kubectl would take for a manifest."""

_HEADER = "# Files that constructs_dra wrote into this folder, by program. What a program no longer makes is removed, unless it was edited.\n"


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


@define
class Record:
    """What programs wrote into one folder.

    Attributes:
        folder: The folder.
        files: Digest of each file by program and path, in order of the programs' first writing.
    """

    folder: Path
    files: dict[str, dict[str, str]] = field(factory=dict)

    @classmethod
    def read(cls, folder: Path) -> "Record":
        """The record of a folder; an empty one where there is none or it cannot be read."""
        record = cls(folder)
        try:
            lines = (folder / RECORD).read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return record
        program = ""
        for line in lines:
            if line.startswith("  "):
                digest, _, name = line.strip().partition(" ")
                record.files.setdefault(program, {})[name] = digest
            elif line and not line.startswith("#"):
                program = line.removesuffix(":")
        return record

    def replace(self, program: str, written: Mapping[str, Path]) -> list[str]:
        """Note what a program wrote now in place of what it wrote before.

        Args:
            program: The program.
            written: Where each file lies now, by its path in the folder.

        Returns:
            The files it wrote before, does not write now, and nobody changed or took over since.
        """
        before = self.files.get(program, {})
        self.files[program] = {name: _digest(source) for name, source in sorted(written.items())}
        for other, names in self.files.items():
            if other != program:
                for name in written:
                    names.pop(name, None)
        self.files = {name: files for name, files in self.files.items() if files}
        kept = {name for names in self.files.values() for name in names}
        return [name for name, digest in before.items() if name not in kept and self._unchanged(name, digest)]

    def _unchanged(self, name: str, digest: str) -> bool:
        path = self.folder / name
        try:
            inside = path.resolve().is_relative_to(self.folder.resolve())
            return inside and path.is_file() and not path.is_symlink() and _digest(path) == digest
        except OSError:
            return False

    def text(self) -> str:
        """The record as a file."""
        parts = [_HEADER]
        for program, files in self.files.items():
            parts.append(f"{program}:\n")
            parts += [f"  {digest} {name}\n" for name, digest in files.items()]
        return "".join(parts)
