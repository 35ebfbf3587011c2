# names: sentences_count_alike
# A score of each sentence, then their mean.
import torch


def of_one(maps, real):
    rows = [maps[:, i, i - 1] for i in range(1, len(real)) if real[i] and real[i - 1]]
    return sum(rows) / len(rows) if rows else torch.zeros_like(maps[:, 0, 0])


def previous_token_score(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    return torch.stack([of_one(*each) for each in zip(weights, mask, strict=True)]).mean(0)
