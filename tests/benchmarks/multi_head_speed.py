"""How fast the course's multi-head attention is, beside PyTorch's own module: ``make bench``.

Four rows: ``nn.MultiheadAttention(need_weights=False)``; the reference ``MultiHeadAttention`` with
its attention core as taught; the same with ``scaled_dot_product_attention`` in that one line; the
loop over heads. Self-attention without a mask, float32, equal weights. The rows take turns in every
round, in an order that changes, and a ratio is taken within a round: what else the machine does
meets all of them.

All of it twice. "As usual", the C library hands freed memory of large tensors back to the system,
and every new one costs page faults; "kept" tells it (glibc only) to keep freed memory. The
difference is what new memory costs. Prints medians and quartiles, and writes everything to
``results/multi_head_speed.json``, the machine included.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import torch
from attnlab.timing import machine, quartiles, ratios, take_turns
from torch import nn

from autograder import course

RESULTS = Path(__file__).parent / "results" / "multi_head_speed.json"
UNIT = "04_multi_head"
SIZES = ((2, 64, 64, 4), (2, 128, 128, 8), (4, 256, 256, 8), (4, 512, 512, 8), (4, 1024, 768, 12))
MODES = ("eval forward", "train forward", "train forward+backward")
TAUGHT_CORE = "masked_attention(q, k, v, mask)"
SDPA_CORE = "nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=mask), None"
SETTINGS = {
    "as usual": {},
    "kept": {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(2**40)},
}
SECONDS_PER_SAMPLE = 0.01
SECONDS_PER_CELL = 8.0
ROUNDS = (9, 41)


class TorchRow(nn.Module):
    """PyTorch's module, called as ours is."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        self.inner = nn.MultiheadAttention(d_model, num_heads, batch_first=True)

    def forward(self, x):
        """Self-attention of ``x (B, L, d_model)``."""
        return self.inner(x, x, x, need_weights=False)[0]


def with_sdpa():
    """The reference module with SDPA in the one line that computes the attention."""
    source = course.exercise("MultiHeadAttention").solution
    assert source.count(TAUGHT_CORE) == 1
    namespace = dict(course.reference_namespace(UNIT))
    exec(source.replace(TAUGHT_CORE, SDPA_CORE), namespace)
    return namespace["MultiHeadAttention"]


def rows_of(d_model, num_heads):
    """The four modules, with equal weights."""
    reference = course.reference_namespace(UNIT)
    loop = reference["MultiHeadLoop"](d_model, num_heads)
    rows = {
        "torch": TorchRow(d_model, num_heads),
        "taught": reference["MultiHeadAttention"](d_model, num_heads),
        "sdpa": with_sdpa()(d_model, num_heads),
        "loop": loop,
    }
    fused = reference["fuse_heads"](loop)
    for name in ("taught", "sdpa"):
        rows[name].load_state_dict(fused)
    parts = [fused[f"{name}_proj.weight"] for name in "qkv"]
    biases = [fused[f"{name}_proj.bias"] for name in "qkv"]
    rows["torch"].inner.load_state_dict(
        {
            "in_proj_weight": torch.cat(parts),
            "in_proj_bias": torch.cat(biases),
            "out_proj.weight": fused["o_proj.weight"],
            "out_proj.bias": fused["o_proj.bias"],
        }
    )
    return rows


def call_of(module, x, mode):
    """A function without arguments that does one pass."""
    module.train(mode.startswith("train"))
    if mode == "eval forward":

        def run():
            with torch.no_grad():
                return module(x)

    elif mode == "train forward":

        def run():
            return module(x)

    else:
        inputs = x.clone().requires_grad_()
        direction = torch.randn_like(x)

        def run():
            output = module(inputs)
            torch.autograd.grad(output, [inputs, *module.parameters()], direction)
            return output

    return run


def measure(size, mode):
    """Samples of each row, in seconds."""
    batch, length, d_model, num_heads = size
    torch.manual_seed(0)
    x = torch.randn(batch, length, d_model)
    runs = {name: call_of(row, x, mode) for name, row in rows_of(d_model, num_heads).items()}
    outputs = {name: run().detach() for name, run in runs.items()}
    for output in outputs.values():
        torch.testing.assert_close(output, outputs["torch"], rtol=1e-4, atol=1e-5)
    return take_turns(runs, SECONDS_PER_SAMPLE, SECONDS_PER_CELL, ROUNDS)


def measure_all():
    """All cells, printed as they come."""
    columns = ("taught", "sdpa", "loop")
    heads = "".join(f"{name + ' / torch':>24}" for name in columns)
    print(f"{'B, L, d_model, H':<20}{'mode':<25}{'torch ms':>10}{heads}")
    cells = []
    for size, mode in itertools.product(SIZES, MODES):
        samples = measure(size, mode)
        found = {name: ratios(samples[name], samples["torch"]) for name in columns}
        cells.append(
            {
                "size": dict(zip(("B", "L", "d_model", "H"), size, strict=True)),
                "mode": mode,
                "seconds": {name: quartiles(each) for name, each in samples.items()},
                "ratio_to_torch": found,
                "rounds": len(samples["torch"]),
            }
        )
        told = "".join(f"{m:>9.2f} ({low:.2f} to {high:.2f})" for low, m, high in found.values())
        middle = statistics.median(samples["torch"]) * 1e3
        print(f"{size!s:<20}{mode:<25}{middle:>10.2f}{told}", flush=True)
    return cells


def main():
    """Run all cells in each setting, in a process of its own, and keep them."""
    if len(sys.argv) > 1:
        random.seed(0)
        Path(sys.argv[1]).write_text(json.dumps(measure_all()), encoding="utf-8")
        return
    settings = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, variables in SETTINGS.items():
            print(f"\nmemory {name}")
            cells = Path(folder) / "cells.json"
            command = [sys.executable, __file__, str(cells)]
            subprocess.run(command, env=os.environ | variables, check=True)
            settings[name] = json.loads(cells.read_text(encoding="utf-8"))
    RESULTS.parent.mkdir(exist_ok=True)
    kept = {
        "command": "python tests/benchmarks/multi_head_speed.py",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
        "values": "quartiles: low, median, high",
        "memory": settings,
    }
    RESULTS.write_text(json.dumps(kept) + "\n", encoding="utf-8")
    print(f"\nwritten to {RESULTS.relative_to(course.ROOT)}")


if __name__ == "__main__":
    main()
