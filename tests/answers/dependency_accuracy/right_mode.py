# names:
# The most frequent offset by `mode`, hits by `take_along_dim`.
import torch


def dependency_accuracy(weights, head_index):
    length = weights.shape[-1]
    maps = weights.reshape(-1, *weights.shape[-3:])
    heads = head_index.reshape(-1, length)
    counts = heads.ge(0)
    if not counts.any():
        return weights.new_zeros(maps.shape[1]), 0.0
    rows = maps.transpose(0, 1)[:, counts]  # (H, tokens, L)
    accuracy = rows.max(dim=-1).indices.eq(heads[counts]).to(weights.dtype).mean(dim=-1)
    steps = heads[counts] - torch.arange(length).expand_as(heads)[counts]
    return accuracy, (steps == steps.mode().values).double().mean().item()
