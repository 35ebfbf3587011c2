# mistake: the result is (H, B, L, d_head): the heads stand before the batch
# why: a JAX user wants to vmap over heads and puts their axis in front
import torch


def split_heads(x, num_heads):
    return x.unflatten(-1, (num_heads, -1)).permute(2, 0, 1, 3)
