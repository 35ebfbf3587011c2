# names: query_axis_missing, off_by_one_long
# (B, L_k), one padding position too many.
import torch


def padding_mask(lengths, k_len):
    return torch.as_tensor(lengths).unsqueeze(1).ge(torch.arange(k_len))
