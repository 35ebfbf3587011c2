# names:
# A dataclass lists the places of a repeated text; einsum adds up what stands there.
from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Repeated:
    length: int
    period: int

    def places(self):
        return [(i, i - self.period + 1) for i in range(self.period, self.length)]

    def template(self, like):
        marks = like.new_zeros(self.length, self.length)
        for row, column in self.places():
            marks[row, column] = 1
        return marks


def induction_score(weights, period):
    weights, _ = as_batch(weights)  # noqa: F821
    text = Repeated(weights.shape[-1], period)
    count = len(weights) * len(text.places())
    found = torch.einsum("bhij,ij->h", weights, text.template(weights))
    return found / count if count else found * 0
