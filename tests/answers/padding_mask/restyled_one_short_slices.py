# names: off_by_one_short
# The slice ends before the last token.
import torch


def padding_mask(lengths, k_len):
    mask = torch.full((len(lengths), 1, k_len), False)
    for i, n in enumerate(lengths):
        mask[i, 0, : max(int(n) - 1, 0)] = True
    return mask
