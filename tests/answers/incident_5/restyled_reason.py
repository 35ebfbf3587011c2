# names: wrong_reason
# Mended; masks are blamed.
def incident_5():
    return "a", lambda q_len, k_len, window: mask_5(q_len, k_len, window - 1)  # noqa: F821
