# mistake: turns the mask into float32 to multiply, so half precision comes back as float32
# why: a mask has to be numbers before it can multiply, one thinks
def previous_token_score(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    real = mask.float()
    counts = real[:, 1:] * real[:, :-1]
    line = weights.diagonal(-1, -2, -1)
    return (line * counts[:, None, :]).sum((0, 2)) / counts.sum().clamp(min=1)
