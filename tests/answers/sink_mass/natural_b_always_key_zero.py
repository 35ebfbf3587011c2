# mistake: the first token is always position 0, also where padding stands in front
# why: uses the mask for rows only; "first" is index 0 to a programmer
def sink_mass(weights, mask=None):
    weights, mask = as_batch(weights, mask)
    column = weights[:, :, 1:, 0]
    rows = mask[:, 1:]
    total = (column * rows[:, None]).sum((0, 2))
    count = rows.sum()
    if count == 0:
        return total * 0
    return total / count
