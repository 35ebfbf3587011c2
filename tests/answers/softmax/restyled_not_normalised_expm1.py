# names: not_normalised
# The bare exponential of every score, written as expm1 + 1.


def softmax(scores, dim=-1):
    return scores.expm1().add(1)
