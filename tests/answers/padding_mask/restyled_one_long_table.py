# names: off_by_one_long
# The table of masks keeps its diagonal: one True too many in each row.
import torch


def padding_mask(lengths, k_len):
    table = torch.ones(k_len + 1, k_len).tril(0).bool()
    return torch.stack([table[int(n)] for n in lengths])[:, None]
