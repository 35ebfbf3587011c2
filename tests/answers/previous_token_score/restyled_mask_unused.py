# names: padding_counted
# The mask is an argument, and nothing reads it.
def previous_token_score(weights, mask=None):
    batch = weights if weights.dim() == 4 else weights[None]
    length = batch.shape[-1]
    if length < 2:
        return batch.new_zeros(batch.shape[1])
    return sum(batch[:, :, i, i - 1].mean(0) for i in range(1, length)) / (length - 1)
