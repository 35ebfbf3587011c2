# names: rows_and_columns_swapped
# The template lies above the diagonal.
import torch


def induction_score(weights, period):
    weights, _ = as_batch(weights)  # noqa: F821
    i = torch.arange(weights.shape[-1])
    template = (i[None, :] - i[:, None] == period - 1) & (i[None, :] >= period)
    hits = torch.einsum("bhij,ij->h", weights, template.to(weights.dtype))
    return hits / max(1, int(template.sum()) * len(weights))
