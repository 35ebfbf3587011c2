# mistake: reads d_head from axis 1, which is the width for plain matrices only and L_q or H for batches
# why: tried it on (L, d_head) matrices, where axis 1 is the last one
import math


def scaled_scores(q, k):
    """Scaled dot products of every query with every key."""
    d_head = q.shape[1]
    return q @ k.transpose(-2, -1) / math.sqrt(d_head)
