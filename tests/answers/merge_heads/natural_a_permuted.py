# mistake: joins (d_head, H) and not (H, d_head), so the numbers of the heads are dealt in turn
# why: moves the head axis to the end, as if it had to be next to what is joined
def merge_heads(x):
    """Put the heads of each position side by side."""
    x = x.permute(0, 2, 3, 1)
    return x.flatten(2)
