"""Attention with the bugs of public reports, each in a few lines: what the property kit must see.

``BROKEN`` lists what builds a verdict, the bug, and the report where there is one. Without a bug
(None) each builds the verdict on the right version.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from attnlab import properties
from attnlab.properties import Cases, Heads, Session, Vectors, Verdict
from torch import Tensor

from autograder import course

_COURSE = course.reference_namespace("07_grouped_query")
rotary, causal_mask = _COURSE["rotary"], _COURSE["causal_mask"]
WIDTH, WINDOW = 6, 4
Builder = Callable[[str | None, Cases], Verdict]
VECTORS = Vectors(WIDTH)


def attend(q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
    """Right: ``(..., L_q, d)``."""
    scores = (q @ k.mT) / math.sqrt(q.shape[-1])
    return torch.softmax(scores.masked_fill(~mask, -math.inf), dim=-1) @ v


def layer(x: Tensor, mask: Tensor | None = None, start: int = 0, past: Tensor | None = None):
    """Self-attention with rotary positions and without weights, on keys that may be given."""
    keys = x if past is None else past
    mask = causal_mask(x.shape[1], keys.shape[1]) if mask is None else mask
    q = rotary(x, torch.arange(start, start + x.shape[1]))
    return attend(q, rotary(keys, torch.arange(keys.shape[1])), keys, mask)


def causality(bug: str | None, cases: Cases) -> Verdict:
    def run(x: Tensor) -> Tensor:
        length = x.shape[1]
        mask = causal_mask(length)
        if bug == "inverted":  # an additive mask, 0 = may attend, is cast to bool
            mask = torch.zeros(length, length).masked_fill(~mask, -math.inf).bool()
            mask = mask | torch.eye(length, dtype=torch.bool)
        if bug == "dropped":  # "the kernel does it"
            mask = torch.ones(length, length, dtype=torch.bool)
        if bug == "shows_next":
            mask = torch.ones(length, length, dtype=torch.bool).tril(1)
        if bug == "ring":  # a prompt beyond the window is written round a ring, then read
            ring = torch.arange(length).flip(0)[:WINDOW]
            mask = mask if length <= WINDOW else mask | torch.isin(torch.arange(length), ring)
        return layer(x, mask)

    return properties.causality(run, VECTORS, cases=cases)


def rows(bug: str | None, cases: Cases) -> Verdict:
    def run(x: Tensor) -> Tensor:
        if bug == "first_row_for_all":  # a cache key without the tenant
            return layer(x, past=x[:1].expand_as(x))
        if bug == "one_scale":  # values quantised by one scale for the batch
            step = x.abs().max() / 127
            return layer((x / step).round() * step)
        out = layer(x)
        if bug == "batch_softmax":
            return out * torch.softmax(x.mean((1, 2)), dim=0)[:, None, None]
        return out

    return properties.rows_are_independent(run, VECTORS, cases=cases)


def padding(bug: str | None, cases: Cases) -> Verdict:
    table = torch.randn(64, WIDTH, generator=torch.Generator().manual_seed(1), dtype=torch.float64)

    def run(x: Tensor, real: Tensor) -> Tensor:
        place = torch.arange(x.shape[1]).expand(x.shape[:2])
        if bug != "one_position_vector":
            place = (real.cumsum(1) - 1).clamp(min=0)
        mask = causal_mask(x.shape[1]) & real[:, None] | torch.eye(x.shape[1], dtype=torch.bool)
        if bug == "mask_dropped":
            mask = causal_mask(x.shape[1])
        if bug == "queries_masked":
            mask = causal_mask(x.shape[1]) & real[..., None]
            mask = mask | torch.eye(x.shape[1], dtype=torch.bool)
        x = x + table[place]
        return attend(x, x, x, mask)

    return properties.padding_changes_nothing(run, VECTORS, side="left", cases=cases)


def documents(bug: str | None, cases: Cases) -> Verdict:
    def run(x: Tensor, document: Tensor) -> Tensor:
        same = document[:, None] == document[..., None]
        if bug == "off_by_one":  # borders are those between inputs and shifted labels
            later = document.roll(-1, 1)
            later[:, -1] = document[:, -1]
            same = later[:, None] == later[..., None]
        mask = causal_mask(x.shape[1])
        return layer(x, mask if bug == "not_block_diagonal" else mask & same)

    return properties.documents_are_isolated(run, VECTORS, cases=cases)


def masked(bug: str | None, cases: Cases) -> Verdict:
    def run(q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
        k, v = (each.repeat_interleave(3, dim=1) for each in (k, v))
        scores = (q @ k.mT) / math.sqrt(q.shape[-1])
        if bug == "one_or_zero":
            scores = scores + mask
        elif bug == "finite":
            scores = scores - 1e4 * ~mask
        elif bug == "after_softmax":
            return (torch.softmax(scores, dim=-1) * mask) @ v
        else:
            scores = scores.masked_fill(~mask, -math.inf)
        return torch.softmax(scores, dim=-1) @ v

    return properties.masked_content_is_irrelevant(run, cases=cases)


def paths(bug: str | None, cases: Cases) -> Verdict:
    cap, sink = 50.0, 0.5

    def path(window: int, capped: bool, tiled: bool, half: bool, sunk: bool):
        def run(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
            k, v = (
                each.repeat(1, 3, 1, 1) if tiled else each.repeat_interleave(3, 1)
                for each in (k, v)
            )
            scores = q @ k.mT / math.sqrt(q.shape[-1])
            if half:
                scores = (100 * scores).half().double() / 100
            scores = cap * torch.tanh(scores / cap) if capped else scores
            length = q.shape[2]
            mask = causal_mask(length) & ~causal_mask(length).tril(-window)
            scores = scores.masked_fill(~mask, -math.inf)
            extra = torch.full_like(scores[..., :1], sink if sunk else -math.inf)
            return torch.softmax(torch.cat((scores, extra), -1), -1)[..., :-1] @ v

        return run

    other = {
        "cap_lost": (WINDOW, False, False, False, True),
        "window_plus_one": (WINDOW + 1, True, False, False, True),
        "window_lost": (10**6, True, False, False, True),
        "tiled": (WINDOW, True, True, False, True),
        "overflows": (WINDOW, True, False, True, True),
        "sink_lost": (WINDOW, True, False, False, False),
    }.get(bug or "", (WINDOW, True, False, False, True))
    both = {"plain": path(WINDOW, True, False, False, True), "fused": path(*other)}
    return properties.paths_agree(both, Heads(), cases=cases)


class Memory:
    """What sessions of one server may share by mistake."""

    def __init__(self) -> None:
        self.keys: Tensor | None = None


def session(bug: str | None, memory: Memory) -> Session:
    """A session of ``layer``."""
    if bug != "shared":
        memory = Memory()
    trimmed = [0]

    def step(x: Tensor) -> Tensor:
        old = memory.keys
        keys = x if old is None or old.shape[0] != x.shape[0] else torch.cat((old, x), dim=1)
        memory.keys = keys
        start = keys.shape[1] - x.shape[1]
        mask = None
        if bug == "top_left":
            mask = torch.ones(x.shape[1], keys.shape[1], dtype=torch.bool).tril()
        if bug == "chunk_unmasked":
            mask = torch.ones(x.shape[1], keys.shape[1], dtype=torch.bool)
        if bug == "restarts":
            start = 0
        if bug == "position_kept":
            start += trimmed[0]
        return layer(x, mask, start, keys)

    def trim(length: int) -> None:
        assert memory.keys is not None
        trimmed[0] += memory.keys.shape[1] - length
        if bug == "drafts_stay":
            return
        if bug == "one_stays" and length:
            length += 1
        if bug == "all_dropped":
            length = 0
        memory.keys = memory.keys[:, :length]

    def select(chosen: Tensor) -> None:
        assert memory.keys is not None
        if bug != "not_gathered":
            memory.keys = memory.keys[chosen]

    def read() -> Tensor:
        assert memory.keys is not None
        return memory.keys

    return Session(step, trim, select, read)


def chunks(bug: str | None, cases: Cases) -> Verdict:
    return properties.chunks_equal_the_whole(
        layer, lambda batch: session(bug, Memory()), VECTORS, cases=cases
    )


def cache(bug: str | None, cases: Cases) -> Verdict:
    server = Memory()
    return properties.manipulated_cache_equals_fresh(
        lambda batch: session(bug, server), VECTORS, cases=cases
    )


def arrays(bug: str | None, cases: Cases) -> Verdict:
    """A cache of fixed size: attention over the slots that are written, or over all of them."""

    def start(batch: int, fill: float) -> Session:
        keys = torch.full((batch, 16, WIDTH), fill, dtype=torch.float64)
        length = 0

        def step(x: Tensor) -> Tensor:
            nonlocal length
            keys[:, length : length + x.shape[1]] = x
            length += x.shape[1]
            past = keys if bug == "slots_times_zero" else keys[:, :length]
            mask = torch.ones(x.shape[1], past.shape[1], dtype=torch.bool)
            return layer(x, mask.tril(length - x.shape[1]), length - x.shape[1], past)

        return Session(step)

    return properties.unwritten_slots_are_irrelevant(start, VECTORS, cases=cases)


def trimmed_by_length(bug: str | None, cases: Cases) -> Verdict:
    """A cache whose arrays are read by something else than the attention."""

    def start(batch: int) -> Session:
        stored = torch.zeros(batch, 0, WIDTH, dtype=torch.float64)
        length = 0

        def step(x: Tensor) -> Tensor:
            nonlocal stored, length
            stored = torch.cat((stored[:, :length], x), dim=1)
            length += x.shape[1]
            return layer(x, None, length - x.shape[1], stored)

        def trim(kept: int) -> None:
            nonlocal length, stored
            length = kept
            if bug != "arrays_kept":
                stored = stored[:, :kept]

        def read() -> Tensor:
            return stored

        return Session(step, trim, read=read)

    return properties.manipulated_cache_equals_fresh(start, VECTORS, cases=cases)


BROKEN: tuple[tuple[Builder, str, str], ...] = (
    (causality, "inverted", "huggingface/transformers#38094"),
    (causality, "dropped", "huggingface/transformers#48748"),
    (causality, "shows_next", ""),
    (causality, "ring", "Lightning-AI/litgpt#2182"),
    (rows, "first_row_for_all", "vllm-project/vllm#30931"),
    (rows, "one_scale", ""),
    (rows, "batch_softmax", ""),
    (padding, "one_position_vector", "unslothai/unsloth#3699"),
    (padding, "mask_dropped", "keras-team/keras#23038"),
    (padding, "queries_masked", ""),
    (documents, "not_block_diagonal", "huggingface/nanoVLM#204"),
    (documents, "off_by_one", ""),
    (masked, "one_or_zero", ""),
    (masked, "finite", ""),
    (masked, "after_softmax", ""),
    (paths, "cap_lost", "sgl-project/sglang#33915"),
    (paths, "window_plus_one", "huggingface/transformers#39408"),
    (paths, "window_lost", "huggingface/transformers#31775"),
    (paths, "tiled", "onnx/onnx#7274"),
    (paths, "overflows", "vllm-project/vllm#14126"),
    (paths, "sink_lost", "vllm-project/vllm#52156"),
    (chunks, "top_left", "pytorch/pytorch#108108"),
    (chunks, "chunk_unmasked", "meta-llama/llama#899"),
    (chunks, "restarts", "rasbt/LLMs-from-scratch#925"),
    (arrays, "slots_times_zero", "vllm-project/vllm#641"),
    (trimmed_by_length, "arrays_kept", "waybarrios/vllm-mlx#384"),
    (cache, "drafts_stay", "ml-explore/mlx-lm#1109"),
    (cache, "all_dropped", "ml-explore/mlx-lm#1109"),
    (cache, "one_stays", ""),
    (cache, "position_kept", ""),
    (cache, "not_gathered", ""),
    (cache, "shared", "vllm-project/vllm#30931"),
)
BUILDERS = tuple(dict.fromkeys(builder for builder, _, _ in BROKEN))
