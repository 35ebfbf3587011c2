# mistake: iterating over x gives the sentences, not the heads, so sentences are joined: (H, L, B * d_head)
# why: a web developer reads `for head in x` as if the first axis were the heads
import torch


def merge_heads(x):
    heads = [head for head in x]
    return torch.cat(heads, dim=-1)
