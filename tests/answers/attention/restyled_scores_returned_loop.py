# names: scores_returned
# A loop collects the scores, not the weights.
import math

import torch
import torch.nn.functional as F


def attention(q, k, v):
    outs, second = [], []
    for r in q.unbind(-2):
        s = (k @ r.unsqueeze(-1)).squeeze(-1) / math.sqrt(q.shape[-1])
        outs.append((F.softmax(s, -1).unsqueeze(-2) @ v).squeeze(-2))
        second.append(s)
    return torch.stack(outs, -2), torch.stack(second, -2)
