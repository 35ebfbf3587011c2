"""Records the attention weights of two heads of SmolLM2 on one sentence, for lesson 01 to show.

The lesson then needs no model. To record anew::

    python -m autograder models
    python tests/record_real_heads.py
"""

import json
import math

import torch
from attnlab import smollm2

from autograder import course

SENTENCE = "The cats near the dog sleep because they are tired."
HEADS = ((16, 0), (13, 8))
RECORDED = course.ROOT / "lessons" / "data" / "real_heads.json"


def main():
    """Write ``lessons/data/real_heads.json``."""
    names = course.reference_namespace("07_grouped_query")
    kept = record(*smollm2.load(names["GroupedQueryAttention"]), names["rotary"])
    RECORDED.write_text(json.dumps(kept) + "\n", encoding="utf-8")


@torch.no_grad()
def record(model, tokenizer, rotary):
    """The tokens, and of each head its place and its weights ``(L, L)``."""
    ids = tokenizer.encode(SENTENCE).ids
    heads = []
    for layer, head in HEADS:
        seen = []
        attention = model.layers[layer].attention
        handle = attention.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0][0]))  # noqa: B023
        model(torch.tensor([ids]))
        handle.remove()
        weights = _weights(attention, seen[0], head, model.shape, rotary)
        heads.append({"layer": layer, "head": head, "weights": weights})
    return {
        "command": "python tests/record_real_heads.py",
        "model": smollm2.NAME,
        "tokens": [tokenizer.decode([each]).strip() for each in ids],
        "heads": heads,
    }


def _weights(attention, x, head, shape, rotary):
    """The causal attention weights of one head, three digits each."""
    positions = torch.arange(len(x))
    kv_head = head // (shape.num_heads // shape.num_kv_heads)
    q = attention.q_proj(x).unflatten(-1, (-1, shape.d_head))[:, head]  # (L, d_head)
    k = attention.k_proj(x).unflatten(-1, (-1, shape.d_head))[:, kv_head]  # (L, d_head)
    q, k = (rotary(each, positions, base=shape.rope_base) for each in (q, k))
    future = positions > positions[:, None]  # (L, L)
    scores = (q @ k.T / math.sqrt(shape.d_head)).masked_fill(future, -math.inf)  # (L, L)
    return [[round(each, 3) for each in row] for row in scores.softmax(-1).tolist()]


if __name__ == "__main__":
    main()
