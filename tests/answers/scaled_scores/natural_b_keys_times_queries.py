# mistake: computes K Q^T, so the result is (L_k, L_q), keys in rows
# why: the lesson's first lookup was `keys @ query`, and the student kept that order
import math


def scaled_scores(q, k):
    d_head = q.shape[-1]
    return k @ q.transpose(-2, -1) / math.sqrt(d_head)
