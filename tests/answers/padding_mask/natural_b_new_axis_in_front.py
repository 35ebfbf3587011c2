# mistake: the axis of size 1 is in front of the batch: (1, B, L_k)
# why: remembers "add an axis with None" but not where
import torch


def padding_mask(lengths, k_len):
    real = torch.arange(k_len, device=lengths.device) < lengths[:, None]
    return real[None]
