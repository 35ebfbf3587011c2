# names:
# Right: head by head, then the output projection.
def parameter_count(d_model, num_heads, d_head, bias=True):
    one = d_model + bool(bias)
    total = 0
    for _head in range(num_heads):
        for _projection in "qkv":
            total += d_head * one
    return total + d_model * (num_heads * d_head + bool(bias))
