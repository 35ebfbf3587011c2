"""Shared set-up of the tests."""

import os
import sys
from pathlib import Path

import pytest
import torch

from autograder import course

# Data of the tests, not tests: submissions and answers.
collect_ignore = ["samples", "answers", "attacks"]

# The tests run side by side, one worker a core. Kernels of lessons use all cores: their threads
# sleep where they wait for each other, else each holds the core that the other one needs.
torch.set_num_threads(1)
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def empty_workspace(tmp_path, monkeypatch):
    """An empty workspace in place of the learner's own."""
    monkeypatch.setattr(course, "WORKSPACE", tmp_path / "workspace")
    return tmp_path / "workspace"
