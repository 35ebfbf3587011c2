# names:
# Of each sentence an object that knows where it begins and which rows count.
from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Sentence:
    maps: torch.Tensor  # (H, L, L)
    real: list

    @property
    def rows(self):
        return self.real[1:]

    def on_first(self):
        return self.maps[:, self.rows, self.real[0]]


def sink_mass(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    places = [row.nonzero().flatten().tolist() for row in mask]
    sentences = [Sentence(m, p) for m, p in zip(weights, places, strict=True) if len(p) > 1]
    if not sentences:
        return weights.new_zeros(weights.shape[1])
    return torch.cat([each.on_first() for each in sentences], dim=1).mean(1)
