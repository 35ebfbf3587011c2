# names: every_head_reads_head_0
# The start of the slice is always zero.
import torch


def split_heads(x, num_heads):
    d_head = x.shape[-1] // num_heads
    heads, start = [], 0
    for _ in range(num_heads):
        heads.append(x.narrow(-1, start, d_head))
    return torch.stack(heads, dim=1)
