# names: returns_zeros
# The slices are copied into a temporary tensor, not into the result.
def split_heads(x, num_heads):
    batch, length, width = x.shape
    heads = x.new_zeros(batch, num_heads, length, width // num_heads)
    for h, piece in enumerate(x.chunk(num_heads, -1)):
        heads[:, [h]].copy_(piece.unsqueeze(1))
    return heads
