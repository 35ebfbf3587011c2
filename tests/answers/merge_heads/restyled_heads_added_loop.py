# names: heads_added
# A running sum over the heads.
import torch


def merge_heads(x):
    total = torch.zeros_like(x[:, 0])
    for head in x.unbind(1):
        total = total + head
    return total
