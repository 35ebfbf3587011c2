# names:
# The mask is rolled and its first column cleared; weights come by gather.
import torch


class Mean:
    def __init__(self):
        self.total, self.number = 0, 0

    def add(self, values, keep):
        self.total = self.total + values.masked_fill(~keep, 0).sum(-1)
        self.number += keep.sum().item()

    def get(self):
        return self.total / max(self.number, 1)


def previous_token_score(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    shifted = mask.roll(1, -1)
    keep = mask & shifted
    keep[:, 0] = False
    index = (torch.arange(weights.shape[-1]) - 1).clamp(min=0)[None, :, None]
    mean = Mean()
    for sentence, rows in zip(weights, keep, strict=True):
        column = index.expand(sentence.shape[0], -1, -1)
        mean.add(sentence.gather(-1, column).squeeze(-1), rows)
    return mean.get()
