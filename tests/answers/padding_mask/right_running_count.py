# names:
# Positions counted by a cumulative sum of ones, compared by torch.where on own tensors.
import torch


def padding_mask(lengths, k_len):
    """Boolean mask of the keys that are real tokens."""
    nth = torch.ones(1, 1, k_len, dtype=torch.long, device=lengths.device).cumsum(-1)
    left = lengths.reshape(-1, 1, 1) - nth  # how many real tokens follow; negative in the filling
    return torch.where(left < 0, False, True)
