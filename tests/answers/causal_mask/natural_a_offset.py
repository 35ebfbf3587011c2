# mistake: the offset is never below 0, so with more queries than keys the first queries see keys that they must not
# why: a negative number of old tokens seems to make no sense
import torch


def causal_mask(q_len, k_len=None):
    if k_len is None:
        k_len = q_len
    already_there = max(k_len - q_len, 0)
    q_pos = torch.arange(q_len) + already_there
    k_pos = torch.arange(k_len)
    return k_pos[None, :] <= q_pos[:, None]
