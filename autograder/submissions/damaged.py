"""Files that took damage on their way: what can be read without guessing is read, and said.

What comes in may be hostile: nothing here takes more than a time and a memory that grow with the
size of the file, which its caller limits.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import struct
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import Any

MAX_ZIP = 8 << 20  # its list of contents is read as a whole
_ZIP = b"PK\x03\x04"
_COMMA_AT_END = re.compile(r'("(?:[^"\\]++|\\.)*+"?)|,(?=\s*+[\]}])', re.DOTALL)
_CONFLICT = re.compile(r"^<{7}", re.MULTILINE)
_UPPER, _LOWER = "<<<<<<<", "======="
_MARKS = (_UPPER, "|||||||", _LOWER, ">>>>>>>")


class Damaged(Exception):
    """What cannot be read, as the end of a sentence that begins with the file."""


def text_of(data: bytes) -> tuple[str, list[str]]:
    """The text of a file in whatever encoding, and what was odd about that."""
    try:
        return data.decode(json.detect_encoding(data)), []
    except UnicodeDecodeError:
        odd = "the file is not in UTF-8; it was read as Windows-1252, letters may be wrong"
        return data.decode("cp1252", "replace"), [odd]


def parsed(text: str) -> tuple[Any, list[str]]:
    """The JSON of a notebook, and what was mended in it.

    Raises:
        Damaged: if it is none.
    """
    with contextlib.suppress(json.JSONDecodeError):
        return json.loads(text), []
    readings = {"without a stray comma": text}
    if _CONFLICT.search(text):
        readings = {
            f"the {name} side of its git conflict": _side(text, mark)
            for name, mark in (("upper", _UPPER), ("lower", _LOWER))
        }
    for says, reading in readings.items():
        with contextlib.suppress(json.JSONDecodeError):
            mended = json.loads(_COMMA_AT_END.sub(r"\1", reading))
            return mended, [f"the file is not JSON as it is; read was {says}"]
    raise Damaged(_why(text))


def _side(text: str, wanted: str) -> str:
    """One side of each conflict that git has marked. No line of JSON begins with such a mark."""
    kept, at = [], ""
    for line in text.splitlines(keepends=True):
        if line[:7] in _MARKS:
            at = line[:7]
        elif at in ("", _MARKS[-1], wanted):
            kept.append(line)
    return "".join(kept)


def _why(text: str) -> str:
    start = text[:1000].lstrip().lower()
    if not start:
        return "is empty"
    if start.startswith(("<!doctype", "<html")):
        return "is a web page, such as a login page, saved in place of the notebook"
    if start[0] != "{":
        return "is not a notebook"
    if not text.rstrip().endswith("}"):
        return "breaks off in the middle, like half a download"
    return "is not a readable notebook"


def is_zip(data: bytes) -> bool:
    """Whether a file is a zip, whatever its name."""
    return data.startswith(_ZIP)


def unzipped(data: bytes, stem: str, most: int) -> tuple[str, bytes]:
    """Name and content of the notebook in a zip, of a Python file if it holds no notebook.

    Args:
        data: the zip.
        stem: which of several is meant.
        most: bytes to read of it.

    Raises:
        Damaged: if there is none, or more than one.
    """
    if len(data) > MAX_ZIP:
        raise Damaged(f"is a zip of more than {MAX_ZIP >> 20} MiB")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            member = _member(archive.infolist(), stem)
            with archive.open(member) as file:
                return PurePosixPath(member.filename).name, file.read(most)
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        RuntimeError,
        OSError,
        EOFError,
        ValueError,
    ) as problem:
        raise Damaged("is a zip that cannot be read") from problem


def _member(members: list[zipfile.ZipInfo], stem: str) -> zipfile.ZipInfo:
    quick = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    usable = {PurePosixPath(each.filename): each for each in members if each.compress_type in quick}
    shown = [path for path in usable if not path.name.startswith(".") and path.suffix]
    for suffix in (".ipynb", ".py"):
        found = [path for path in shown if path.suffix.lower() == suffix]
        found = [path for path in found if path.stem == stem] or found
        if len(found) == 1:
            return usable[found[0]]
        if found:
            raise Damaged(f"is a zip of {len(found)} {suffix} files")
    raise Damaged("is a zip without a notebook")
