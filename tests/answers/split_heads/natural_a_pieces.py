# mistake: stacks the pieces on axis 0, so the result is (H, B, L, d_head)
# why: stack's default axis is the first, and the batch is not thought of
import torch


def split_heads(x, num_heads):
    pieces = torch.chunk(x, num_heads, dim=-1)
    return torch.stack(pieces)
