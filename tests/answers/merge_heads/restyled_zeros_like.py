# names: returns_zeros
# Pieces of a zero tensor are replaced by name, not by content.
def merge_heads(x):
    out = x.new_zeros(x.size(0), x.size(2), x.size(1) * x.size(3))
    for h, part in enumerate(out.chunk(x.size(1), dim=-1)):
        part = x[:, h]  # noqa: F841
    return out
