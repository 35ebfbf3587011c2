"""How fast one decode step is: MHA, GQA with fewer KV heads, MQA: ``make bench``.

Attention of one new token (B 4, 32 query heads, d_head 128) over 512 to 16384 keys, in float32 and
bfloat16. The reference ``grouped_attention`` at every number of KV heads; at 8 also SDPA with
``enable_gqa``, and SDPA on keys that are repeated or broadcast by hand; MHA is SDPA and the
reference ``grouped_attention`` with 32 KV heads. At 8 and at 1 also the fold through SDPA: the
group as rows of queries, given to SDPA. All take turns; ratios are taken within a round. The goal:
the better of our two is never slower than ``enable_gqa`` (1.05 for noise).
The ceiling is the machine's own read bandwidth, measured beside them: bytes of keys and values over
seconds. Prints medians, writes everything to ``results/decode_speed.json``.
"""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime
from pathlib import Path

import torch
import torch.nn.functional as F
from attnlab.grouping import fold_sdpa
from attnlab.timing import bfloat16_units, machine, quartiles, ratios, read_bandwidth, take_turns

from autograder import course

RESULTS = Path(__file__).parent / "results" / "decode_speed.json"
BATCH, HEADS, D_HEAD = 4, 32, 128
KV_HEADS = (8, 4, 2, 1)
CONTEXTS = (512, 1024, 2048, 4096, 8192, 16384)
GROUPED = 8
SECONDS_PER_SAMPLE = 0.005
SECONDS_PER_CELL = 12.0
ROUNDS = (5, 25)


def repeated(q, k, v):
    """SDPA on keys and values that are copied for every query head."""
    k, v = (each.repeat_interleave(HEADS // each.shape[1], dim=1) for each in (k, v))
    return F.scaled_dot_product_attention(q, k, v)


def broadcast(q, k, v):
    """SDPA on keys and values with an axis for the group, expanded."""
    q = q.unflatten(1, (k.shape[1], -1))  # (B, H_kv, group, L_q, d_head)
    k, v = (each[:, :, None].expand(-1, -1, q.shape[2], -1, -1) for each in (k, v))
    return F.scaled_dot_product_attention(q, k, v).flatten(1, 2)


def candidates(tokens: int, dtype):
    """Calls by name, on inputs of their own, and the bytes of keys and values that each reads."""
    reference = course.reference_namespace("07_grouped_query")["grouped_attention"]
    calls, read = {}, {}

    def add(name, call, q, k, v):
        calls[name] = lambda: call(q, k, v)
        read[name] = k.nbytes + v.nbytes

    q = torch.randn(BATCH, HEADS, 1, D_HEAD).to(dtype)
    k, v = (torch.randn(BATCH, HEADS, tokens, D_HEAD).to(dtype) for _ in range(2))
    add("MHA, SDPA", F.scaled_dot_product_attention, q, k, v)
    add("MHA, reference", reference, q, k, v)
    for kv_heads in KV_HEADS:
        few = k[:, :kv_heads].clone(), v[:, :kv_heads].clone()
        add(f"{kv_heads} KV heads, reference", reference, q, *few)
        if kv_heads in (GROUPED, 1):
            add(f"{kv_heads} KV heads, enable_gqa", _enable_gqa, q, *few)
            add(f"{kv_heads} KV heads, fold through SDPA", fold_sdpa, q, *few)
        if kv_heads == GROUPED:
            add(f"{kv_heads} KV heads, repeat", repeated, q, *few)
            add(f"{kv_heads} KV heads, broadcast", broadcast, q, *few)
            wanted = reference(q.float(), *(each.float() for each in few))
            for call in (reference, _enable_gqa, repeated, broadcast, fold_sdpa):
                tolerance = {"rtol": 0, "atol": 2e-2 if dtype == torch.bfloat16 else 1e-5}
                torch.testing.assert_close(call(q, *few).float(), wanted, **tolerance)
    return calls, read


def _enable_gqa(q, k, v):
    return F.scaled_dot_product_attention(q, k, v, enable_gqa=True)


@torch.no_grad()
def main():
    """Measure all cells and keep them."""
    random.seed(0)
    torch.manual_seed(0)
    bandwidth = read_bandwidth()
    print(f"read bandwidth {bandwidth / 1e9:.1f} GB/s")
    cells = []
    for dtype in (torch.float32, torch.bfloat16):
        for tokens in CONTEXTS:
            calls, read = candidates(tokens, dtype)
            samples = take_turns(calls, SECONDS_PER_SAMPLE, SECONDS_PER_CELL, ROUNDS)
            cells.append(cell(str(dtype).removeprefix("torch."), tokens, samples, read, bandwidth))
    kept = {
        "command": "python tests/benchmarks/decode_speed.py",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine() | {"bfloat16": bfloat16_units()},
        "read_bandwidth": bandwidth,
        "size": {"B": BATCH, "H": HEADS, "d_head": D_HEAD},
        "values": "quartiles: low, median, high",
        "cells": cells,
    }
    RESULTS.write_text(json.dumps(kept) + "\n", encoding="utf-8")
    print(f"\nwritten to {RESULTS.relative_to(course.ROOT)}")


def cell(dtype, tokens, samples, read, bandwidth) -> dict:
    """One dtype and context: seconds, share of the read bandwidth, ratios to the reference."""
    ours = f"{GROUPED} KV heads, reference"
    print(f"\n{dtype}, {tokens} keys, {len(samples[ours])} rounds")
    found = {"dtype": dtype, "tokens": tokens, "rows": {}}
    for name, each in samples.items():
        low, middle, high = quartiles(each)
        against = ratios(each, samples[ours])
        share = read[name] / middle / bandwidth
        found["rows"][name] = {
            "seconds": (low, middle, high),
            "share_of_bandwidth": share,
            "ratio_to_reference": against,
        }
        print(
            f"  {name:<30}{middle * 1e3:9.2f} ms ({low * 1e3:.2f} to {high * 1e3:.2f})"
            f"{against[1]:8.2f} times the reference with {GROUPED}{share:8.0%} of the bandwidth",
            flush=True,
        )
    gain = ratios(samples["MHA, reference"], samples["1 KV heads, reference"])
    found["mha_over_mqa"] = gain
    found["enable_gqa_over_best"] = {}
    for kv_heads in (GROUPED, 1):
        own = [f"{kv_heads} KV heads, {way}" for way in ("reference", "fold through SDPA")]
        best = min(own, key=lambda name: quartiles(samples[name])[1])
        won = ratios(samples[f"{kv_heads} KV heads, enable_gqa"], samples[best])
        found["enable_gqa_over_best"][kv_heads] = won
        print(f"  enable_gqa takes {won[1]:.2f} times as long as {best}")
    print(f"  MHA takes {gain[1]:.1f} times as long as MQA")
    return found


if __name__ == "__main__":
    main()
