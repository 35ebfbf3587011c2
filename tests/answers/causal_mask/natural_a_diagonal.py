# mistake: the diagonal is moved the wrong way, by q_len - k_len
# why: the sign of tril's diagonal is guessed
import torch


def causal_mask(q_len, k_len=None):
    """Boolean causal mask, aligned bottom-right."""
    k_len = q_len if k_len is None else k_len
    everything = torch.ones(q_len, k_len, dtype=torch.bool)
    return everything.tril(diagonal=q_len - k_len)
