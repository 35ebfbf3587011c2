# mistake: raises no ValueError where H_kv does not divide num_heads and returns too few heads
# why: only the usual case is thought of
import torch


def expand_kv(x, num_heads):
    return torch.repeat_interleave(x, num_heads // x.size(1), dim=1)
