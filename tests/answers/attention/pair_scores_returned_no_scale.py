# names: scores_returned, no_scale
# Unscaled scores are used and handed back.


def attention(q, k, v):
    s = (k @ q.mT).mT
    return s.softmax(-1) @ v, s
