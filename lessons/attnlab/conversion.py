"""Fewer KV heads for a trained model: what conversion costs, and what further training brings back.

``python -m attnlab.conversion`` runs the whole experiment and writes its results to
``lessons/data/conversion.json``.
It can be stopped at any time; started again, it goes on with the runs that are missing.
"""

from __future__ import annotations

import copy
import dataclasses
import itertools
import json
import os
import platform
import statistics
from pathlib import Path

import torch
from torch import nn
from tqdm import tqdm

from .decoder import Decoder, DecoderShape

RESULTS = Path(__file__).parents[1] / "data" / "conversion.json"
SEEDS = (0, 1, 2)
KV_HEADS = (4, 2, 1)
WAYS = ("mean", "first", "random")
BASE_STEPS = 800
BUDGETS = (0, 5, 10, 20, 40, 80)
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


def new_model(attention, vocabulary: int, seed: int) -> Decoder:
    """A decoder with 8 heads, each with keys and values of its own."""
    torch.manual_seed(seed)
    shape = DecoderShape(vocabulary, 128, 2, 8, 8, 16, 256)
    model = Decoder(shape, attention)
    nn.init.normal_(model.embed.weight, std=0.05)
    return model


def batches(tokens, seed: int):
    """Endless chunks ``(B, L + 1)`` from places that the seed chooses."""
    draw = torch.Generator().manual_seed(seed)
    while True:
        starts = torch.randint(len(tokens) - CONTEXT - 1, (BATCH, 1), generator=draw)
        yield tokens[starts + torch.arange(CONTEXT + 1)]


def loss_on(model, chunk):
    """Mean negative log-likelihood of the next character, in nats."""
    logits = model(chunk[:, :-1])  # (B, L, vocabulary)
    return nn.functional.cross_entropy(logits.flatten(0, 1), chunk[:, 1:].flatten())


@torch.no_grad()
def held_out_loss(model, data: Corpus, count: int = 24) -> float:
    """Loss on the held-out part: always the same chunks."""
    chunks = itertools.islice(batches(data.held_out, seed=10_000), count)
    return statistics.mean(loss_on(model, chunk).item() for chunk in chunks)


def train(model, data: Corpus, steps: int, seed: int, measure_at=(), progress=None) -> dict:
    """Train in place; gives ``{step: held-out loss}`` for the steps in ``measure_at``."""
    found = {0: held_out_loss(model, data)} if 0 in measure_at else {}
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
            found[step] = held_out_loss(model, data)
    return found


def converted(model: Decoder, attention, pool, num_kv_heads: int, how: str) -> Decoder:
    """A decoder with fewer KV heads and the weights of ``model``.

    Args:
        model: with as many KV heads as heads; left as it is.
        attention: the class in every layer.
        pool: ``pool_kv_heads`` of unit 07.
        num_kv_heads, how: as ``pool_kv_heads`` has them.
    """
    shape = dataclasses.replace(model.shape, num_kv_heads=num_kv_heads)
    fewer = Decoder(shape, attention)
    for old, new in zip(model.layers, fewer.layers, strict=True):
        kept = copy.deepcopy(old.attention.state_dict())
        pooled = pool(kept, model.shape.num_heads, num_kv_heads, how)
        new.load_state_dict(
            {name: each for name, each in old.state_dict().items() if "attention." not in name}
            | {f"attention.{name}": each for name, each in pooled.items()}
        )
    fewer.embed.load_state_dict(model.embed.state_dict())
    fewer.norm.load_state_dict(model.norm.state_dict())
    return fewer


def run_seed(seed: int, data: Corpus, attention, pool, wanted, base_steps, budgets, progress=None):
    """Train one model and convert it in every wanted way; yields ``(kv_heads, how, losses)``.

    The first is the model itself, trained on as long as the others: ``(8, "none", losses)``.
    """
    base = new_model(attention, data.vocabulary, seed)
    train(base, data, base_steps, seed, progress=progress)
    for num_kv_heads, how in wanted:
        torch.manual_seed(seed)
        if how == "none":
            model = copy.deepcopy(base)
        else:
            model = converted(base, attention, pool, num_kv_heads, how)
        yield num_kv_heads, how, train(model, data, budgets[-1], seed + 500, budgets, progress)


def runs() -> list[tuple[int, str]]:
    """Every conversion of one trained model, and the model itself."""
    return [(8, "none"), *itertools.product(KV_HEADS, WAYS)]


def load_results() -> dict:
    """The results that come with the course."""
    return json.loads(RESULTS.read_text(encoding="utf-8"))


def _settings() -> dict:
    return {
        "command": "python -m attnlab.conversion",
        "base_steps": BASE_STEPS,
        "budgets": list(BUDGETS),
        "context": CONTEXT,
        "batch": BATCH,
        "learning_rate": LEARNING_RATE,
    }


def main() -> None:
    """Run what is missing in ``lessons/data/conversion.json``."""
    from autograder import course

    torch.set_num_threads(1)
    reference = course.reference_namespace("07_grouped_query")
    kept = _settings() | {"runs": []}
    if RESULTS.exists():
        before = load_results()
        if all(before.get(name) == each for name, each in _settings().items()):
            kept = before
    kept["machine"] = {
        "system": platform.platform(),
        "cores": os.cpu_count(),
        "torch": torch.__version__,
    }
    done = {(each["seed"], each["kv_heads"], each["how"]) for each in kept["runs"]}
    missing = {seed: [run for run in runs() if (seed, *run) not in done] for seed in SEEDS}
    missing = {seed: wanted for seed, wanted in missing.items() if wanted}
    steps = sum(BASE_STEPS + BUDGETS[-1] * len(wanted) for wanted in missing.values())
    data = corpus()
    attention, pool = reference["GroupedQueryAttention"], reference["pool_kv_heads"]
    with tqdm(total=steps, unit="step") as progress:
        for seed, wanted in missing.items():
            results = run_seed(seed, data, attention, pool, wanted, BASE_STEPS, BUDGETS, progress)
            for num_kv_heads, how, losses in results:
                kept["runs"].append(
                    {"seed": seed, "kv_heads": num_kv_heads, "how": how, "losses": losses}
                )
                _write(kept)


def _write(kept: dict) -> None:
    half = RESULTS.with_suffix(".part")
    half.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    half.replace(RESULTS)


if __name__ == "__main__":
    main()
