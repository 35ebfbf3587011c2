# names: heads_reversed
# Each new head is put in front of the ones before.
import torch


def split_heads(x, num_heads):
    heads = x.new_empty(len(x), 0, x.size(1), x.size(2) // num_heads)
    for piece in x.tensor_split(num_heads, dim=-1):
        heads = torch.cat((piece[:, None], heads), dim=1)
    return heads
