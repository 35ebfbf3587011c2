"""What fewer KV heads cost in quality: small decoders of one size, trained on the same text.

``python -m attnlab.quality`` runs the whole experiment and writes its results to
``lessons/data/quality.json``.
It can be stopped at any time; started again, it goes on with the runs that are missing. ``--again``
runs it all once more, into a file beside it, and compares the two.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn
from tqdm import tqdm

from . import training
from .decoder import DecoderShape
from .kept import (
    DATA,
    Kept,
    can_be_left,
    compare,
    load,
    path_and_options,
    say_what_is_kept,
)
from .training import Corpus, corpus, new_model, train

RESULTS = DATA / "quality.json"
SEEDS = (0, 1, 2, 3, 4)
KV_HEADS = (8, 4, 2, 1)
STEPS = 800
D_MODEL, LAYERS, HEADS, D_HEAD, D_HIDDEN = 128, 2, 8, 16, 256


def matched_shape(vocabulary: int, num_kv_heads: int) -> DecoderShape:
    """Sizes of a decoder with as many parameters as one with 8 KV heads.

    What ``k_proj`` and ``v_proj`` save goes into the width of the MLP (Shazeer 2019, Section 4.1),
    up to rounding: three weights for each column and ``d_model``.
    """
    saved = 2 * D_MODEL * (HEADS - num_kv_heads) * D_HEAD
    d_hidden = D_HIDDEN + round(saved / (3 * D_MODEL))
    return DecoderShape(vocabulary, D_MODEL, LAYERS, HEADS, num_kv_heads, D_HEAD, d_hidden)


def run(
    seed: int,
    num_kv_heads: int,
    data: Corpus,
    attention: Callable[..., nn.Module],
    steps: int,
    progress: tqdm | None = None,
    half_done: Path | None = None,
) -> dict:
    """Train one decoder; gives ``seed``, ``kv_heads``, ``parameters``, ``losses`` by step."""
    model = new_model(attention, matched_shape(data.vocabulary, num_kv_heads), seed)
    measure_at = (steps // 4, steps // 2, steps)
    losses = train(model, data, steps, seed, measure_at, progress, half_done)
    size = sum(parameter.numel() for parameter in model.parameters())
    return {"seed": seed, "kv_heads": num_kv_heads, "parameters": size, "losses": losses}


def main() -> None:
    """Run what is missing in ``lessons/data/quality.json``."""
    from autograder import course

    torch.set_num_threads(1)
    path, options = path_and_options(RESULTS, main.__doc__)
    attention = course.reference_namespace("07_grouped_query")["GroupedQueryAttention"]
    kept = Kept(path, _settings())
    done = {(each["seed"], each["kv_heads"]) for each in kept.runs}
    wanted = [(seed, number) for seed in SEEDS for number in KV_HEADS]
    say_what_is_kept(len(done), len(wanted), "trainings")
    data = corpus()
    total, initial = STEPS * len(wanted), STEPS * len(done)
    with can_be_left(), tqdm(total=total, initial=initial, unit="step") as progress:
        for seed, number in wanted:
            if (seed, number) not in done:
                half_done = kept.half_done(f"{seed}-{number}")
                kept.add(run(seed, number, data, attention, STEPS, progress, half_done))
                half_done.unlink()
    if options.again:
        compare(_by_heads(load(RESULTS.stem)["runs"]), _by_heads(kept.runs))


def _by_heads(runs: list[dict]) -> dict[str, list[float]]:
    return {
        f"{number} KV heads": [
            each["losses"][str(STEPS)] for each in runs if each["kv_heads"] == number
        ]
        for number in KV_HEADS
    }


def _settings() -> dict:
    return {
        "command": "python -m attnlab.quality",
        "steps": STEPS,
        "context": training.CONTEXT,
        "batch": training.BATCH,
        "learning_rate": training.LEARNING_RATE,
    }


if __name__ == "__main__":
    main()
