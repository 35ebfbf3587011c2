"""Fewer KV heads for a trained model: what conversion costs, and what further training brings back.

``python -m attnlab.conversion`` runs the whole experiment and writes its results to
``lessons/data/conversion.json``.
It can be stopped at any time; started again, it goes on with the runs that are missing. ``--again``
runs it all once more, into a file beside it, and compares the two.
"""

from __future__ import annotations

import copy
import dataclasses
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import torch
from torch import nn
from tqdm import tqdm

from . import quality, training
from .decoder import Decoder
from .kept import (
    DATA,
    Kept,
    can_be_left,
    compare,
    load,
    path_and_options,
    say_what_is_kept,
)
from .training import Corpus, corpus, train

RESULTS = DATA / "conversion.json"
SEEDS = (0, 1, 2)
KV_HEADS = (4, 2, 1)
WAYS = ("mean", "first", "random")
BASE_STEPS = 800
BUDGETS = (0, 5, 10, 20, 40, 80)
State = dict[str, torch.Tensor]


def new_model(attention: Callable[..., nn.Module], vocabulary: int, seed: int) -> Decoder:
    """A decoder with 8 heads, each with keys and values of its own: the MHA of ``quality``."""
    return training.new_model(attention, quality.matched_shape(vocabulary, quality.HEADS), seed)


def converted(
    model: Decoder,
    attention: Callable[..., nn.Module],
    pool: Callable[..., State],
    num_kv_heads: int,
    how: str,
) -> Decoder:
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
        kept = copy.deepcopy(old.get_submodule("attention").state_dict())
        pooled = pool(kept, model.shape.num_heads, num_kv_heads, how)
        new.load_state_dict(
            {name: value for name, value in old.state_dict().items() if "attention." not in name}
            | {f"attention.{name}": value for name, value in pooled.items()}
        )
    fewer.embed.load_state_dict(model.embed.state_dict())
    fewer.norm.load_state_dict(model.norm.state_dict())
    return fewer


def run_seed(
    seed: int,
    data: Corpus,
    attention: Callable[..., nn.Module],
    pool: Callable[..., State],
    wanted: Iterable[tuple[int, str]],
    base_steps: int,
    budgets: Sequence[int],
    progress: tqdm | None = None,
    half_done: Path | None = None,
) -> Iterator[tuple[int, str, dict[int, float]]]:
    """Train one model and convert it in every wanted way; yields ``(kv_heads, how, losses)``.

    The first is the model itself, trained on as long as the others: ``(8, "none", losses)``.
    ``half_done`` keeps the model, trained in part or in full.
    """
    base = new_model(attention, data.vocabulary, seed)
    train(base, data, base_steps, seed, progress=progress, half_done=half_done)
    for num_kv_heads, how in wanted:
        torch.manual_seed(seed)
        if how == "none":
            model = copy.deepcopy(base)
        else:
            model = converted(base, attention, pool, num_kv_heads, how)
        yield num_kv_heads, how, train(model, data, budgets[-1], seed + 500, budgets, progress)


def runs() -> list[tuple[int, str]]:
    """Every conversion of one trained model, and the model itself."""
    return [(quality.HEADS, "none"), *itertools.product(KV_HEADS, WAYS)]


def main() -> None:
    """Run what is missing in ``lessons/data/conversion.json``."""
    from autograder import course

    torch.set_num_threads(1)
    path, options = path_and_options(RESULTS, main.__doc__)
    reference = course.reference_namespace("07_grouped_query")
    kept = Kept(path, _settings())
    done = {(run["seed"], run["kv_heads"], run["how"]) for run in kept.runs}
    missing = {seed: [run for run in runs() if (seed, *run) not in done] for seed in SEEDS}
    missing = {seed: wanted for seed, wanted in missing.items() if wanted}
    say_what_is_kept(len(done), len(SEEDS) * len(runs()), "conversions")
    total = len(SEEDS) * (BASE_STEPS + BUDGETS[-1] * len(runs()))
    left = sum(BASE_STEPS + BUDGETS[-1] * len(wanted) for wanted in missing.values())
    data = corpus()
    attention, pool = reference["GroupedQueryAttention"], reference["pool_kv_heads"]
    with can_be_left(), tqdm(total=total, initial=total - left, unit="step") as bar:
        for seed, wanted in missing.items():
            half_done = kept.half_done(f"base-{seed}")
            results = run_seed(
                seed, data, attention, pool, wanted, BASE_STEPS, BUDGETS, bar, half_done
            )
            for num_kv_heads, how, losses in results:
                kept.add({"seed": seed, "kv_heads": num_kv_heads, "how": how, "losses": losses})
            half_done.unlink()
    if options.again:
        compare(_by_run(load(RESULTS.stem)["runs"]), _by_run(kept.runs))


def _by_run(runs: list[dict]) -> dict[str, list[float]]:
    losses: dict[str, list[float]] = {}
    for run in runs:
        for budget, loss in run["losses"].items():
            name = f"{run['kv_heads']} KV heads, {run['how']}, {budget} steps"
            losses.setdefault(name, []).append(loss)
    return losses


def _settings() -> dict:
    return {
        "command": "python -m attnlab.conversion",
        "base_steps": BASE_STEPS,
        "budgets": list(BUDGETS),
        "context": training.CONTEXT,
        "batch": training.BATCH,
        "learning_rate": training.LEARNING_RATE,
    }


if __name__ == "__main__":
    main()
