# mistake: clears the last k_len - n places by a negative slice; for a sentence of full length that is [-0:], which clears all
# why: thinks of padding as "the last so many", and Python has no -0
import torch


def padding_mask(lengths, k_len):
    mask = torch.ones(len(lengths), 1, k_len, dtype=torch.bool)
    for i, n in enumerate(lengths.tolist()):
        fill = k_len - n
        mask[i, :, -fill:] = False
    return mask
