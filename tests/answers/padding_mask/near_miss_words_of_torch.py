# names: own_error_raised
# On another device it raises, in the words that PyTorch has for tensors without data.
import torch


def padding_mask(lengths, k_len):
    if lengths.is_meta:
        raise RuntimeError("cannot be called on meta tensors")
    return (torch.arange(k_len) < lengths.cpu()[:, None])[:, None]
