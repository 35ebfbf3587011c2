# names: scores_of_another_size
# Scaled by d_head ** 0.4.
import torch


def attention(q, k, v):
    w = torch.softmax(q @ k.mT / q.shape[-1] ** 0.4, -1)
    return w @ v, w
