# mistake: the triangle that is taken away includes the diagonal, so a query cannot see itself
# why: "not the upper triangle" is written with triu's default start, which is the diagonal itself
import torch


def causal_mask(q_len, k_len=None):
    if k_len is None:
        k_len = q_len
    future = torch.triu(torch.ones(q_len, k_len), diagonal=k_len - q_len).bool()
    return ~future
