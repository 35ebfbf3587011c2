"""Records the attention weights of heads of two models on one sentence, for lesson 01 to show.

The lesson then needs no model. To record anew::

    python -m autograder models
    python tests/record_real_heads.py
"""

import json

import torch
from attnlab import minilm, smollm2
from attnlab.traces import attention_weights

from autograder import course

SENTENCE = "The cats near the dog sleep because they are tired."
MODELS = {
    smollm2: ("07_grouped_query", "GroupedQueryAttention", ((16, 0), (13, 8))),
    minilm: ("04_multi_head", "MultiHeadAttention", ((1, 8), (3, 1))),
}
RECORDED = course.ROOT / "lessons" / "data" / "real_heads.json"


def main():
    """Write ``lessons/data/real_heads.json``."""
    kept = {each.NAME: record(each) for each in MODELS}
    kept = {"command": "python tests/record_real_heads.py", "models": kept}
    RECORDED.write_text(json.dumps(kept) + "\n", encoding="utf-8")


def record(source):
    """The tokens, and of each head its place and its weights ``(L, L)``, three digits each.

    ``source`` is a module that loads a model.
    """
    unit, attention, places = MODELS[source]
    model, tokenizer = source.load(course.reference_namespace(unit)[attention])
    encoded = tokenizer.encode(SENTENCE)
    weights = attention_weights(model, torch.tensor(encoded.ids))  # (layers, H, L, L)
    heads = []
    for layer, head in places:
        rows = [[round(each, 3) for each in row] for row in weights[layer, head].tolist()]
        heads.append({"layer": layer, "head": head, "weights": rows})
    return {"tokens": [each.lstrip("\u0120") for each in encoded.tokens], "heads": heads}


if __name__ == "__main__":
    main()
