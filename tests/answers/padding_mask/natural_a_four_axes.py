# mistake: returns (B, 1, 1, L_k) in place of (B, 1, L_k)
# why: copied from libraries whose scores have an axis of heads
import torch


def padding_mask(lengths, k_len):
    mask = torch.arange(k_len, device=lengths.device)[None, :] < lengths[:, None]
    return mask[:, None, None, :]
