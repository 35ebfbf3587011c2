# mistake: takes the width from axis 1, which is d_head for a plain matrix only; with a batch it is L_q
# why: wrote it with the (6, 2) matrices of the lesson in mind, where q.shape[1] is the width
import math

import torch


def scaled_scores(q, k):
    d_head = q.shape[1]
    k_t = k.transpose(-1, -2)
    return torch.matmul(q, k_t) / math.sqrt(d_head)
