# mistake: compares with <=, so the first filling token counts as real
# why: takes over the <= of the causal mask
import torch


def padding_mask(lengths, k_len):
    """Boolean mask of the keys that are real tokens."""
    return torch.arange(k_len) <= lengths[:, None, None]
