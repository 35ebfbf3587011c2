# names: cap_before_the_scale
# Scaled after the cap.
def incident_7():
    def attend(q, k, v, cap, need_weights=False):
        raw = (q @ k.transpose(-2, -1) / cap).tanh() * cap
        weights = (raw / q.shape[-1] ** 0.5).softmax(-1)
        return (weights @ v, weights) if need_weights else weights @ v

    return "c", attend
