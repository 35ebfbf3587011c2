"""What graded code finds set in Python and torch, whatever the learner's own code has set."""

from __future__ import annotations

import contextlib
import os
import random
import warnings
from collections.abc import Iterator

import numpy.random
import torch


@contextlib.contextmanager
def plain() -> Iterator[None]:
    """As in a fresh interpreter: gradients on, float32, the CPU; afterwards all as it was.

    That is also true of random numbers and of the current folder. Warnings are not shown: they
    would be about wrong versions that nobody wrote, and must not become errors.
    """
    dtype = torch.get_default_dtype()
    with contextlib.ExitStack() as stack:
        stack.callback(torch.set_default_dtype, dtype)
        torch.set_default_dtype(torch.float32)
        stack.enter_context(random_numbers_kept())
        stack.enter_context(_folder())
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        stack.enter_context(torch.inference_mode(False))
        stack.enter_context(torch.enable_grad())
        if torch.empty(0).device.type != "cpu":
            stack.enter_context(torch.device("cpu"))
        yield


def seed_random_numbers(luck: str | None) -> None:
    """Begin the random numbers of torch, Python and numpy anew, by 32 hexadecimal digits if any."""
    if luck is None:
        return
    seed = int(luck, 16)
    torch.default_generator.manual_seed(seed >> 65)
    random.seed(seed)
    numpy.random.seed(seed >> 96)


@contextlib.contextmanager
def random_numbers_kept() -> Iterator[None]:
    """Random numbers go on afterwards as if nothing had been drawn."""
    states = torch.get_rng_state(), random.getstate(), numpy.random.get_state()
    try:
        yield
    finally:
        torch.set_rng_state(states[0])
        random.setstate(states[1])
        numpy.random.set_state(states[2])


@contextlib.contextmanager
def _folder() -> Iterator[None]:
    try:
        folder = os.getcwd()
    except OSError:  # it was deleted
        yield
        return
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            os.chdir(folder)
