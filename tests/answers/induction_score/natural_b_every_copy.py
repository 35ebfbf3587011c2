# mistake: adds up the weight behind every earlier copy
# why: each earlier copy tells what comes next, so each counts as found
import torch


def induction_score(weights, period):
    weights, _ = as_batch(weights)  # noqa: F821
    L = weights.shape[-1]
    tokens = torch.arange(L) % period
    target = torch.zeros(L, L)
    for i in range(period, L):
        for j in range(i - period + 1):
            if tokens[j] == tokens[i]:
                target[i, j + 1] = 1
    return (weights * target.to(weights.dtype)).sum((2, 3)).mean(0) / max(1, L - period)
