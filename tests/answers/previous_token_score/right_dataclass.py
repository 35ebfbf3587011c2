# names:
# A running mean in a dataclass, sentence by sentence.
from dataclasses import dataclass

import torch


@dataclass
class Mean:
    total: torch.Tensor
    count: int = 0

    def add(self, values):  # (H, rows)
        self.total = self.total + values.sum(-1)
        self.count += values.shape[-1]

    def value(self):
        return self.total / max(1, self.count)


def previous_token_score(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    mean = Mean(weights.new_zeros(weights.shape[1]))
    for maps, real in zip(weights, mask, strict=True):
        rows = [i for i in range(1, len(real)) if real[i] and real[i - 1]]
        mean.add(maps[:, rows, [i - 1 for i in rows]])
    return mean.value()
