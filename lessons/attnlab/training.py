"""Training small decoders on text that needs no download."""

from __future__ import annotations

import dataclasses
import itertools
import statistics
from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from .decoder import Decoder, DecoderShape

if TYPE_CHECKING:
    from tqdm import tqdm

CONTEXT = 96
BATCH = 16
LEARNING_RATE = 2e-3
WARMUP = 30


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
) -> dict[int, float]:
    """Train in place; gives ``{step: held-out loss}`` for the steps in ``measure_at``."""
    losses = {0: held_out_loss(model, data)} if 0 in measure_at else {}
    optimiser = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, weight_decay=0.01)
    for step, chunk in enumerate(itertools.islice(batches(data.train, seed), steps), 1):
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
    return losses
