# names:
# Each token may always see itself, whatever the mask says.
def incident_1():
    def attend(q, k, v, mask):
        allowed = mask == 0
        allowed.fill_diagonal_(True)
        return attend_1(q, k, v, allowed)  # noqa: F821

    return "a", attend
