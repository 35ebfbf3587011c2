# names: split_by_view
# Each sequence is cut into pieces of one head's size, in memory order.
import torch


def split_heads(x, num_heads):
    batch, length, width = x.shape
    size = length * width // num_heads
    memory = x.reshape(batch, -1)
    heads = [memory[:, i * size : (i + 1) * size] for i in range(num_heads)]
    return torch.stack([each.view(batch, length, -1) for each in heads], 1)
