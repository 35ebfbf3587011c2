# mistake: sets hidden weights to 0 after the softmax, so rows no longer add up to 1
# why: 0 weight is what "may not be seen" means
def incident_1():
    def attend(q, k, v, mask):
        scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
        weights = scores.softmax(-1).masked_fill(mask.bool(), 0)
        return weights @ v, weights

    return "a", attend
