# names: changes_inputs
# Numbers are moved, not copied: the input is empty afterwards.
import torch


def split_heads(x, num_heads):
    heads = torch.stack(x.chunk(num_heads, dim=-1), dim=1)
    with torch.no_grad():
        x.zero_()
    return heads
