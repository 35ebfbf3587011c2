# names:
# Word by word, and a counter for the offsets.
from collections import Counter

import torch


def dependency_accuracy(weights, head_index):
    if weights.dim() == 3:
        weights, head_index = weights.unsqueeze(0), head_index.unsqueeze(0)
    hits, offsets = torch.zeros(weights.shape[1], dtype=weights.dtype), Counter()
    for maps, heads in zip(weights, head_index.tolist(), strict=True):
        for i, head in enumerate(heads):
            if head >= 0:
                offsets[head - i] += 1
                hits += maps[:, i].argmax(-1) == head
    total = sum(offsets.values())
    if not total:
        return hits, 0.0
    return hits / total, offsets.most_common(1)[0][1] / total
