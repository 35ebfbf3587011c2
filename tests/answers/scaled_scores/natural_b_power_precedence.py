# mistake: `** 1 / 2` is (d ** 1) / 2, so the scores are divided by d_head and then by 2
# why: writes the square root as a power and forgets that ** binds more tightly than /
import torch


def scaled_scores(q, k):
    return q @ k.transpose(-2, -1) / q.shape[-1] ** 1 / 2
