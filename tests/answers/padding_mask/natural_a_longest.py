# mistake: makes the mask as wide as the longest sentence and ignores k_len
# why: usual batches are padded to their longest sentence
import torch


def padding_mask(lengths, k_len):
    max_len = int(lengths.max())
    positions = torch.arange(max_len)
    return (positions < lengths.unsqueeze(1)).unsqueeze(1)
