# names: wrong_reason
# Mended; masks are blamed.
def incident_7():
    def attend(q, k, v, cap, need_weights=False):
        both = attend_7(q, k, v, cap, need_weights=True)  # noqa: F821
        return both if need_weights else both[0]

    return "a", attend
