# mistake: treats the filling as if it stood at the start of each row
# why: has only ever padded for text generation, where the padding is on the left
import torch


def padding_mask(lengths, k_len):
    positions = torch.arange(k_len, device=lengths.device)
    first_real = k_len - lengths
    return positions >= first_real[:, None, None]
