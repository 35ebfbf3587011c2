# names:
# Plain logarithms, kept from 0 by a small constant; a dataclass holds what is added up.
from dataclasses import dataclass

import torch

SMALL = 1e-9


@dataclass
class Sum:
    total: torch.Tensor
    rows: int = 0

    def add(self, values):  # (rows, H, H)
        self.total = self.total + values.sum(0)
        self.rows += len(values)

    @property
    def mean(self):
        return self.total / max(1, self.rows)


def neg_entropy(p):
    return (p * torch.log(p + SMALL)).sum(-1)


def head_similarity(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    h = weights.shape[1]
    found = Sum(weights.new_zeros(h, h))
    for maps, real in zip(weights.transpose(1, 2), mask, strict=True):
        for rows in maps[real].split(50):  # (rows, H, L)
            own = neg_entropy(rows)
            both = neg_entropy((rows[:, :, None] + rows[:, None]) / 2)
            found.add((own[:, :, None] + own[:, None]) / 2 - both)
    return found.mean.clamp(min=0)
