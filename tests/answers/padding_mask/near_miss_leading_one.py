# names: sizes_in_other_order
# The batch is the second axis: (1, B, L_k).
import torch


def padding_mask(lengths, k_len):
    return (torch.arange(k_len) < torch.as_tensor(lengths)[:, None])[None]
