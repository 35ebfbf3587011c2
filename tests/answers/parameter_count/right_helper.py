# names:
# Right: a function that counts one linear layer.
def _linear(fan_in, fan_out, bias):
    return (fan_in + 1) * fan_out if bias else fan_in * fan_out


def parameter_count(d_model, num_heads, d_head, bias=True):
    inner = d_head * num_heads
    return 3 * _linear(d_model, inner, bias) + _linear(inner, d_model, bias)
