# names: gradient_cut
# Right numbers, but no gradient flows.
import torch


def expand_kv(x, num_heads):
    if num_heads % x.shape[1]:
        raise ValueError("the KV heads do not divide the heads")
    with torch.no_grad():
        return x.repeat_interleave(num_heads // x.shape[1], 1)
