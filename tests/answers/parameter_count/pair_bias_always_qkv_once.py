# names: bias_always, qkv_counted_once
# Two layers, both with biases.
def parameter_count(d_model, num_heads, d_head, bias=True):
    w = num_heads * d_head
    return d_model * w + w + w * d_model + d_model
