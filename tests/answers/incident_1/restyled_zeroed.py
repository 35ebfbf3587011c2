# names: mask_multiplied
# Forbidden scores become 0.
def incident_1():
    def attend(q, k, v, mask):
        scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
        scores[..., mask != 0] = 0
        weights = scores.softmax(-1)
        return weights @ v, weights

    return "a", attend
