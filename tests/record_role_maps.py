"""Records the maps of six heads of SmolLM2 that unit 05 shows, in percent, and prints them.

The exercise then needs no model. To record anew, and put what is printed into the set-up of
``solutions/05_what_heads_learn/05_what_heads_learn.py``::

    python -m autograder models
    python tests/record_role_maps.py
"""

import torch
from attnlab import smollm2
from attnlab.traces import attention_weights

from autograder import course

TEXT = "A red fox met blue owls. A red fox met blue owls."
HEADS = {"A": (17, 5), "B": (18, 8), "C": (11, 6), "D": (5, 6), "E": (16, 0), "F": (0, 0)}


def main():
    """Print the tokens and the maps as Python."""
    attention = course.reference_namespace("07_grouped_query")["GroupedQueryAttention"]
    tokens, maps = record(*smollm2.load(attention))
    rows = {name: "/".join(map(_row, weights)) for name, weights in maps.items()}
    print(f"TOKENS = {tokens}", f"RECORDED = {rows}", sep="\n")


def record(model, tokenizer):
    """The tokens, and by the name of its picture the weights of each head, ``(L, L)``."""
    ids = tokenizer.encode(TEXT).ids
    weights = attention_weights(model, torch.tensor(ids))  # (layers, H, L, L)
    tokens = [tokenizer.decode([each]).strip() for each in ids]
    return tokens, {name: weights[layer, head] for name, (layer, head) in HEADS.items()}


def _row(weights):
    """The weights of a row up to the last that is not 0, in percent."""
    last = int(weights.nonzero().max())
    return " ".join(str(round(100 * each)) for each in weights[: last + 1].tolist())


if __name__ == "__main__":
    main()
