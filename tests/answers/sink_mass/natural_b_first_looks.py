# mistake: averages what the first token gives to the others, a row in place of the column
# why: weight 'on the first token' is looked up under the first index
def sink_mass(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    total, count = 0, 0
    for maps, real in zip(weights, mask, strict=True):
        maps = maps[:, real][:, :, real]
        if maps.shape[-1] > 1:
            total = total + maps[:, 0, 1:].sum(-1)
            count += maps.shape[-1] - 1
    return total / count if count else weights.new_zeros(weights.shape[1])
