# names: float_mask
# Ones and zeros in float32, by comparison and cast.
import torch


def causal_mask(q_len, k_len=None):
    k_len = q_len if k_len is None else k_len
    ok = torch.arange(k_len) <= torch.arange(k_len - q_len, k_len).reshape(-1, 1)
    return ok.float()
