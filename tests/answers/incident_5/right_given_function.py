# names:
# The given function with a window that is one smaller.
def incident_5():
    return ("b", lambda q_len, k_len, window: mask_5(q_len, k_len, window - 1))  # noqa: F821
