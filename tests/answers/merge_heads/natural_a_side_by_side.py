# mistake: goes through the batch in place of the heads and puts sentences side by side
# why: iterating over a tensor takes its first axis, as it did with the list of heads in unit 03
import torch


def merge_heads(x):
    heads = [head for head in x]
    return torch.cat(heads, dim=-1)
