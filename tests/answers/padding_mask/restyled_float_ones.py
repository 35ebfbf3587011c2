# names: float_mask
# Ones and zeros, by clamping what is left of the length.
import torch


def padding_mask(lengths, k_len):
    n = torch.as_tensor(lengths)[:, None, None]
    return (n - torch.arange(k_len)).clamp(0, 1).to(torch.get_default_dtype())
