# names: sink_at_position_0, first_row_counted
# Column 0, all real rows.
def sink_mass(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    rows = weights[..., 0].transpose(1, 2)[mask]
    return rows.sum(0) / max(1, len(rows))
