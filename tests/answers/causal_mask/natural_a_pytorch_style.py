# mistake: returns a float mask of 0 and -inf to be added, not a boolean one
# why: copied from the way nn.Transformer makes its masks
import torch


def causal_mask(q_len, k_len=None):
    if k_len is None:
        k_len = q_len
    blocked = torch.full((q_len, k_len), float("-inf"))
    return torch.triu(blocked, diagonal=k_len - q_len + 1)
