# names: padding_on_queries, off_by_one_long
# (B, L_k, 1), one padding position too many.
import torch


def padding_mask(lengths, k_len):
    rows = [(torch.arange(k_len) <= int(n)).unsqueeze(-1) for n in lengths]
    return torch.stack(rows)
