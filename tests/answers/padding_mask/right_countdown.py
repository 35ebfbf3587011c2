# names:
# Right: what is left of the length is positive; an extra keyword; a permuted (non-contiguous) view.
import torch


def padding_mask(lengths, k_len, dtype=torch.bool):
    n = torch.tensor([int(x) for x in lengths])
    left = n.unsqueeze(0) - torch.arange(k_len).unsqueeze(1)
    return left.clamp(min=0).to(dtype).t().unsqueeze(1)
