# names:
# Right: the fourth root of d_head on either side.


def scaled_scores(q, k):
    root = q.size(-1) ** 0.25
    return (q / root) @ (k / root).mT
