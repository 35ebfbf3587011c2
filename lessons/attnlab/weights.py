"""Where the weights of the real models are."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from autograder.authoring import models

# Set where a model that is missing is fetched when it is asked for.
FETCH = "ATTNLAB_FETCH"


class MissingWeights(RuntimeError):
    """The weights of a real model are not on this machine."""


def files_of(name: str) -> tuple[Path, ...]:
    """The verified files of a model, in the order in which ``models.MODELS`` names them.

    Raises:
        MissingWeights: they are not there; says what to run.
    """
    wanted = models.model(name)
    paths = models.find(wanted)
    if paths is None and os.environ.get(FETCH):
        with contextlib.suppress(models.ModelError):
            return models.fetch(wanted)
    if paths is None:
        raise MissingWeights(
            f"The weights of {name} are not on this machine: run {models.FETCH} in a terminal, in "
            "the course's folder, and then this cell again."
        )
    return paths
