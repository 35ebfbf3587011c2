# names: not_mended
# The fast path by hand, and still without the cap.
def incident_7():
    def attend(q, k, v, cap, need_weights=False):
        if need_weights:
            return attend_7(q, k, v, cap, True)  # noqa: F821
        return (q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5).softmax(-1) @ v

    return "c", attend
