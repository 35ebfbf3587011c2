# mistake: 1e-8 under the logarithm, which is 0 in half precision, and NaN comes back
# why: the usual trick against log(0)
def head_entropy(weights, mask=None):
    weights, mask = as_batch(weights, mask)
    entropy = -(weights * (weights + 1e-8).log()).sum(-1)  # (B, H, L)
    m = mask[:, None].to(weights.dtype)
    return (entropy * m).sum((0, 2)) / m.sum().clamp(min=1)
