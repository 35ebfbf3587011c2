"""Training small decoders on text that needs no download."""

from __future__ import annotations

import dataclasses
import itertools
import statistics
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from .decoder import Decoder, DecoderShape

if TYPE_CHECKING:
    from tqdm import tqdm

CONTEXT = 96
BATCH = 16
LEARNING_RATE = 2e-3
WARMUP = 30
KEPT_EVERY = 20  # steps, some seconds


def text_of_python() -> str:
    """The reference manual that comes with Python: 0.5 million characters, no download."""
    from pydoc_data.topics import topics

    return "\n\n".join(topics[name] for name in sorted(topics))


@dataclasses.dataclass
class Corpus:
    """A text as token ids, one for each character; the last tenth is held out."""

    train: torch.Tensor
    held_out: torch.Tensor
    vocabulary: int


def corpus() -> Corpus:
    """The text of Python's manual, by characters."""
    text = text_of_python()
    known = {character: i for i, character in enumerate(sorted(set(text)))}
    tokens = torch.tensor([known[character] for character in text])
    end = len(tokens) * 9 // 10
    return Corpus(tokens[:end], tokens[end:], len(known))


def new_model(attention: Callable[..., nn.Module], shape: DecoderShape, seed: int) -> Decoder:
    """A fresh decoder of this shape."""
    torch.manual_seed(seed)
    model = Decoder(shape, attention)
    nn.init.normal_(model.embed.weight, std=0.05)
    return model


def batches(tokens: Tensor, seed: int) -> Iterator[Tensor]:
    """Endless chunks ``(B, L + 1)`` from places that the seed chooses."""
    draw = torch.Generator().manual_seed(seed)
    while True:
        starts = torch.randint(len(tokens) - CONTEXT - 1, (BATCH, 1), generator=draw)
        yield tokens[starts + torch.arange(CONTEXT + 1)]


def loss_on(model: nn.Module, chunk: Tensor) -> Tensor:
    """Mean negative log-likelihood of the next character, in nats."""
    logits = model(chunk[:, :-1])  # (B, L, vocabulary)
    return nn.functional.cross_entropy(logits.flatten(0, 1), chunk[:, 1:].flatten())


@torch.no_grad()
def held_out_loss(model: nn.Module, data: Corpus, count: int = 24) -> float:
    """Loss on the held-out part: always the same chunks."""
    chunks = itertools.islice(batches(data.held_out, seed=10_000), count)
    return statistics.mean(loss_on(model, chunk).item() for chunk in chunks)


def train(
    model: nn.Module,
    data: Corpus,
    steps: int,
    seed: int,
    measure_at: Collection[int] = (),
    progress: tqdm | None = None,
    half_done: Path | None = None,
) -> dict[int, float]:
    """Train in place; gives ``{step: held-out loss}`` for the steps in ``measure_at``.

    ``half_done`` is a file that the training is kept in from time to time, and at last. Stopped
    and started again, it goes on from there and ends as it would have.
    """
    losses = {0: held_out_loss(model, data)} if 0 in measure_at else {}
    optimiser = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, weight_decay=0.01)
    kept = _HalfDone(half_done, model, optimiser, [seed, steps, len(data.train)])
    first = kept.load(losses)
    if progress is not None:
        progress.update(first)
    chunks = itertools.islice(batches(data.train, seed), first, steps)
    for step, chunk in enumerate(chunks, first + 1):
        for group in optimiser.param_groups:
            group["lr"] = LEARNING_RATE * min(1.0, step / WARMUP)
        optimiser.zero_grad()
        loss_on(model, chunk).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        if progress is not None:
            progress.update()
        if step in measure_at:
            losses[step] = held_out_loss(model, data)
        if step % KEPT_EVERY == 0 or step == steps:
            kept.save(step, losses)
    return losses


class _HalfDone:
    """A training in a file: what it is of, how far it is, and all that it needs to go on."""

    def __init__(
        self, path: Path | None, model: nn.Module, optimiser: torch.optim.Optimizer, of: list[int]
    ):
        self._path = path
        self._parts: dict[str, Any] = {"model": model, "optimiser": optimiser}
        shapes = [list(parameter.shape) for parameter in model.parameters()]
        self._of = [*of, BATCH, CONTEXT, LEARNING_RATE, shapes]

    def load(self, losses: dict[int, float]) -> int:
        """Put back what was kept of this very training; the number of steps that it had made."""
        if not self._path or not self._path.exists():
            return 0
        state = torch.load(self._path, weights_only=True)
        if state["of"] != self._of:
            return 0
        for name, part in self._parts.items():
            part.load_state_dict(state[name])
        losses |= state["losses"]
        return state["step"]

    def save(self, step: int, losses: dict[int, float]) -> None:
        """Keep it; a stop while it is written leaves what was kept before."""
        if not self._path:
            return
        state = {"of": self._of, "step": step, "losses": losses}
        state |= {name: part.state_dict() for name, part in self._parts.items()}
        fresh = self._path.with_suffix(".new.part")
        torch.save(state, fresh)
        fresh.replace(self._path)
