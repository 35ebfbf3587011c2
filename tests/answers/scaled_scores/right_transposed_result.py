# names:
# Right: computes K Q^T and hands back its (non-contiguous) transpose.


def scaled_scores(q, k):
    raw = k.matmul(q.transpose(-1, -2))
    return (raw / q.shape[-1] ** 0.5).transpose(-1, -2)
