# names:
# Right: rows looked up in a table of all possible masks.
import torch


def padding_mask(lengths, k_len):
    table = torch.ones(k_len + 1, k_len, dtype=torch.bool, device=lengths.device).tril(-1)
    index = torch.as_tensor(lengths, dtype=torch.long)
    return table.index_select(0, index).view(-1, 1, k_len)
