# names: values_in_other_order
# The tokens come out in reverse order.
import torch


def merge_heads(x):
    return torch.cat(x.flip(2).unbind(1), -1)
