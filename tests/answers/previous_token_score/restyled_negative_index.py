# names: first_row_counted
# Index -1 of the first row reads the last token.
import torch


def previous_token_score(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    total, number = torch.zeros_like(weights[0, :, 0, 0]), 0
    for i in range(weights.shape[-1]):
        real = mask[:, i]
        total = total + weights[real, :, i, i - 1].sum(0)
        number += int(real.sum())
    return total / max(number, 1)
