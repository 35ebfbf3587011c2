# names: float_result
# Summed up in a floating point number.
def parameter_count(d_model, num_heads, d_head, bias=True):
    total = 0.0
    for a, b in 3 * [(d_model, num_heads * d_head)] + [(num_heads * d_head, d_model)]:
        total += a * b + (b if bias else 0)
    return total
