# names: every_head_reads_head_0
# The loop runs, the index does not.
import torch


def merge_heads(x):
    out, i = [], 0
    for _ in range(x.shape[1]):
        out.append(x[:, i])
    return torch.cat(out, dim=-1)
