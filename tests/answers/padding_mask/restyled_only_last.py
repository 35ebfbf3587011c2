# names: only_the_length_itself
# Only the last real token is visible.
import torch


def padding_mask(lengths, k_len):
    return torch.arange(k_len) == torch.as_tensor(lengths)[:, None, None] - 1
