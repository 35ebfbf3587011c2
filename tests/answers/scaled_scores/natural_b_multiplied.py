# mistake: multiplies by the square root of d_head instead of dividing
# why: other libraries have a `scale` that is multiplied in; this student forgot that it is the inverse of the root
import torch


def scaled_scores(q, k):
    scale = q.shape[-1] ** 0.5
    return (q * scale) @ k.mT
