# mistake: takes only heads above position 0, so tokens whose head is the first one do not count
# why: > 0 is written where not -1 is meant
from collections import Counter

import torch


def dependency_accuracy(weights, head_index):
    weights, _ = as_batch(weights)  # noqa: F821
    head_index = torch.atleast_2d(head_index)
    hits = weights.new_zeros(weights.shape[1])
    offsets = Counter()
    n = 0
    for maps, heads in zip(weights, head_index.tolist(), strict=True):
        for i, head in enumerate(heads):
            if head > 0:
                hits += maps[:, i].argmax(-1) == head
                offsets[head - i] += 1
                n += 1
    if n == 0:
        return hits, 0.0
    return hits / n, max(offsets.values()) / n
