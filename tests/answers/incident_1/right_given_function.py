# names:
# The given function is called with a mask whose truth values are right.
def incident_1():
    def attend(q, k, v, mask):
        return attend_1(q, k, v, mask == 0)  # noqa: F821

    return ("a", attend)
