# names: wrong_reason
# Mended, and the length is blamed.
def incident_1():
    return "b", lambda q, k, v, mask: attend_1(q, k, v, mask.eq(0))  # noqa: F821
