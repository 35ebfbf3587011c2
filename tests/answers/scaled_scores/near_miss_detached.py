# names: gradient_cut
# Right numbers, but no gradient flows.
def scaled_scores(q, k):
    return (q @ k.mT / q.shape[-1] ** 0.5).detach()
