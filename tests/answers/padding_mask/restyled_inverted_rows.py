# names: inverted_mask
# Starts from True and clears the real tokens.
import torch


def padding_mask(lengths, k_len):
    mask = torch.ones(len(lengths), 1, k_len, dtype=torch.bool)
    for b, n in enumerate(lengths):
        mask[b, :, : int(n)] = False
    return mask
