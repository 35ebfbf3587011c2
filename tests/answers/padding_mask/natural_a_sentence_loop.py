# mistake: the slice goes along the middle axis of size 1, so no padding is hidden at all
# why: thinks of the mask as (B, L_k) while the tensor already has three axes
import torch


def padding_mask(lengths, k_len):
    B = len(lengths)
    mask = torch.ones(B, 1, k_len, dtype=torch.bool)
    for b in range(B):
        n = int(lengths[b])
        mask[b, n:] = False
    return mask
