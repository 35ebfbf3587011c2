# names: not_mended
# The reason is right, the function is the old one.
def incident_1():
    return "a", attend_1  # noqa: F821
