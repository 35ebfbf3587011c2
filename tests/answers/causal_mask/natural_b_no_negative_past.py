# mistake: the offset is not allowed below 0, so with more queries than keys the mask is top-left
# why: thinks of L_k - L_q as "how many tokens are in the past", and a past cannot be negative
import torch


def causal_mask(q_len, k_len=None):
    k_len = q_len if k_len is None else k_len
    past = max(k_len - q_len, 0)
    query_positions = torch.arange(past, past + q_len).unsqueeze(1)
    key_positions = torch.arange(k_len).unsqueeze(0)
    return key_positions <= query_positions
