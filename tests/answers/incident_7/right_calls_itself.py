# names:
# The path without weights asks the other one.
def incident_7():
    def attend(q, k, v, cap, need_weights=False):
        output, weights = attend_7(q, k, v, cap, need_weights=True)  # noqa: F821
        return (output, weights) if need_weights else output

    return "c", attend
