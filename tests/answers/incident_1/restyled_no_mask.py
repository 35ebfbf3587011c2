# names: mask_ignored
# The mask is left out.
def incident_1():
    def attend(q, k, v, mask):
        weights = (q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5).softmax(-1)
        return weights @ v, weights

    return "a", attend
