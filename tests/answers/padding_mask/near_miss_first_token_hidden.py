# names:
# The first token is hidden.
import torch


def padding_mask(lengths, k_len):
    position = torch.arange(k_len)
    return (position < torch.as_tensor(lengths)[:, None, None]) & (position > 0)
