# mistake: d ** 1 / 2 is d / 2 and not the square root
# why: the power binds tighter than the division, and there are no brackets around 1 / 2
def scaled_scores(q, k):
    d = q.shape[-1]
    root = d**1 / 2
    scores = q @ k.transpose(-1, -2)
    return scores / root
