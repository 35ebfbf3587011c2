# names:
# Right: indexed with the numbers of the columns of each head.
import torch


def split_heads(x, num_heads):
    columns = torch.arange(x.size(-1), device=x.device).reshape(num_heads, -1)
    return x[:, :, columns].permute(0, 2, 1, 3)
