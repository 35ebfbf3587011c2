# names: padding_on_queries
# The key axis lands in the middle: (B, L_k, 1).
import torch


def padding_mask(lengths, k_len):
    n = torch.as_tensor(lengths)
    return (torch.arange(k_len).unsqueeze(-1) < n).permute(1, 0).unsqueeze(2)
