# names:
# Labels as maps of zeros and ones, offsets by their diagonals.
import torch
import torch.nn.functional as F


def dependency_accuracy(weights, head_index):
    if weights.ndim == 3:
        weights, head_index = weights[None], head_index[None]
    length = weights.shape[-1]
    wanted = F.one_hot(head_index + 1, length + 1)[..., 1:]  # (B, L, L)
    looked = F.one_hot(weights.argmax(-1), length)  # (B, H, L, L)
    total = int(wanted.sum())
    hits = torch.einsum("bhij,bij->h", looked.double(), wanted.double())
    steps = [int(wanted.diagonal(k, 1, 2).sum()) for k in range(1 - length, length)]
    return (hits / max(total, 1)).to(weights.dtype), max(steps) / max(total, 1)
