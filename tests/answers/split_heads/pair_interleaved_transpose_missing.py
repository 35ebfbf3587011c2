# names: split_interleaved, transpose_missing
# Dealt like cards, and the heads stay behind the positions.
def split_heads(x, num_heads):
    b, n, w = x.shape
    return x.reshape(b, n, w // num_heads, num_heads).transpose(2, 3)
