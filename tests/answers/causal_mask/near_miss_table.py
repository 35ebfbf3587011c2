# names:
# Cut from a table of 32 x 32.
import torch

_TABLE = torch.ones(32, 32, dtype=torch.bool).tril()


def causal_mask(q_len, k_len=None):
    k_len = q_len if k_len is None else k_len
    if max(q_len, k_len) > 32:
        return torch.ones(q_len, k_len, dtype=torch.bool).tril()
    if q_len > k_len:
        return torch.cat((torch.zeros(q_len - k_len, k_len) > 0, _TABLE[:k_len, :k_len]))
    return _TABLE[k_len - q_len : k_len, :k_len]
