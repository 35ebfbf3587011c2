# either: scale_by_d, scaled_twice
# The mean over features instead of their sum, that is a division by d_head.


def scaled_scores(q, k):
    return (q.unsqueeze(-2) * k.unsqueeze(-3)).mean(-1)
