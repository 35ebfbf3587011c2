# names:
# Right: plain Python lists and stack.
import torch


def padding_mask(lengths, k_len):
    rows = [torch.tensor([j < n for j in range(k_len)]) for n in lengths.tolist()]
    return torch.stack(rows).unsqueeze(1).to(lengths.device)
