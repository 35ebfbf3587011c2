# names: softmax_wrong_axis
# The argument dim is never looked at: always the last axis.
import torch


def softmax(scores, dim=-1):
    shape = scores.shape
    rows = scores.reshape(-1, shape[-1])
    rows = torch.exp(rows - rows.max(1)[0].unsqueeze(1))
    return torch.einsum("rk,r->rk", rows, rows.sum(1).reciprocal()).reshape(shape)
