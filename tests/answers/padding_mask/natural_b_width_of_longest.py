# mistake: the mask is as wide as the longest sentence, not k_len wide
# why: in every example of the lesson the longest sentence fills the row, so the two are the same
import torch


def padding_mask(lengths, k_len):
    positions = torch.arange(int(lengths.max()), device=lengths.device)
    return positions[None, None, :] < lengths[:, None, None]
