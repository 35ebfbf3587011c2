# names: o_proj_per_head
# The whole output projection is counted inside the loop over heads.
def parameter_count(d_model, num_heads, d_head, bias=True):
    total = 0
    for _ in range(num_heads):
        total += 3 * d_head * (d_model + bias)
        total += d_model * (num_heads * d_head + bias)
    return total
