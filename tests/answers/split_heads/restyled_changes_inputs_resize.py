# names: changes_inputs
# The caller's tensor gets a new shape itself.
def split_heads(x, num_heads):
    batch, length, width = x.shape
    heads = x.reshape(batch, length, num_heads, width // num_heads).transpose(1, 2).clone()
    x.data = x.data.reshape(batch * length, width)
    return heads
