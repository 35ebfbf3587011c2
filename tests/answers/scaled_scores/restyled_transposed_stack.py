# names: scores_transposed
# Loops over keys and stacks them as rows.
import math

import torch


def scaled_scores(q, k):
    per_key = [(q * key.unsqueeze(-2)).sum(-1) for key in k.unbind(-2)]
    return torch.stack(per_key, dim=-2) / math.sqrt(q.shape[-1])
