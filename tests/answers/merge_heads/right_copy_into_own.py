# names:
# Writes in place into a view of a fresh tensor of its own (gradients go through copy_).
def merge_heads(x):
    """Put the heads of each position side by side."""
    batch, heads, length, width = x.shape
    merged = x.new_empty((batch, length, heads * width))
    merged.view(batch, length, heads, width).copy_(x.permute(0, 2, 1, 3))
    return merged
