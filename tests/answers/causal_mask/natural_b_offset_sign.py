# mistake: the diagonal is moved by L_q - L_k instead of L_k - L_q
# why: knows that the difference of the lengths matters, and guesses its sign; on square masks it is 0 either way
import torch


def causal_mask(q_len, k_len=None):
    if k_len is None:
        k_len = q_len
    return torch.ones(q_len, k_len, dtype=torch.bool).tril(diagonal=q_len - k_len)
