# names:
# Right: what is left of the length is positive; an extra keyword; a permuted (non-contiguous) view.
import torch


def padding_mask(lengths, k_len, dtype=torch.bool):
    n = torch.tensor([int(x) for x in lengths], device=lengths.device)
    left = n.unsqueeze(0) - torch.arange(k_len, device=n.device).unsqueeze(1)
    return left.clamp(min=0).to(dtype).t().unsqueeze(1)
