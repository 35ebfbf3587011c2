# names:
# Right: token by token.
import torch


def merge_heads(x):
    tokens = [x[:, :, t].reshape(len(x), -1) for t in range(x.size(2))]
    return torch.stack(tokens, dim=1)
