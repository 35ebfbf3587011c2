# names: changes_inputs
# The scale goes into the caller's keys.


def scaled_scores(q, k):
    keys = k.detach().transpose(-2, -1)
    keys *= k.shape[-1] ** -0.5
    return q @ keys
