# names:
# Right: row by row, in place on the answer's own tensor.
import torch


def padding_mask(lengths, k_len):
    mask = lengths.new_zeros(len(lengths), 1, k_len, dtype=torch.bool)
    for row, n in zip(mask, lengths, strict=True):
        row[0, : int(n)] = True
    return mask
