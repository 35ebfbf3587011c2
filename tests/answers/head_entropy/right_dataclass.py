# names:
# A dataclass of rows that knows its entropies; those of real tokens are picked first.
from __future__ import annotations

from dataclasses import dataclass

import torch


@dataclass
class Rows:
    weights: torch.Tensor  # (rows, H, L)

    @classmethod
    def of(cls, weights, mask):
        return cls(weights.transpose(1, 2)[mask])

    def entropies(self):
        w = self.weights
        logs = torch.zeros_like(w)
        logs[w > 0] = w[w > 0].log()
        return -torch.einsum("rhl,rhl->rh", w, logs)


def head_entropy(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    found = Rows.of(weights, mask).entropies()
    return found.sum(0) / max(1, len(found))
