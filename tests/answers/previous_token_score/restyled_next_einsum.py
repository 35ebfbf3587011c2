# names: rows_and_columns_swapped
# The einsum contracts the map as (column, row).
import torch


def previous_token_score(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    pairs = (mask[:, :, None] & mask[:, None, :]).to(weights.dtype)
    pairs = torch.tril(pairs, -1) - torch.tril(pairs, -2)
    total = torch.einsum("bhji,bij->h", weights, pairs)
    return total / pairs.sum().clamp(min=1)
