# names: qkv_counted_once
# One layer in, one layer out.
def parameter_count(d_model, num_heads, d_head, bias=True):
    inner = num_heads * d_head
    count = 0
    for rows, columns in [(inner, d_model), (d_model, inner)]:
        count += rows * columns + (rows if bias else 0)
    return count
