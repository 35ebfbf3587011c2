# mistake: returns a float mask of 0 and -inf, to be added, instead of booleans
# why: copied the idea of nn.Transformer.generate_square_subsequent_mask from StackOverflow
import torch


def causal_mask(q_len, k_len=None):
    k_len = q_len if k_len is None else k_len
    return torch.full((q_len, k_len), float("-inf")).triu(k_len - q_len + 1)
