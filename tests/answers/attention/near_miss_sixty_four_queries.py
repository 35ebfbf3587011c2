# names:
# Queries after the first 64 get no output.
from torch import cat


def attention(q, k, v):
    weights = softmax(scaled_scores(q, k))  # noqa: F821
    output = weights @ v
    return cat((output[..., :64, :], output[..., 64:, :] * 0.0), -2), weights
