# names: cap_nowhere
# Both paths agree, without a cap.
def incident_7():
    def attend(q, k, v, cap, need_weights=False):
        weights = (q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5).softmax(-1)
        return (weights @ v, weights) if need_weights else weights @ v

    return "c", attend
