# names: heads_forgotten
# Sums over the four layers of a single head.
def parameter_count(d_model, num_heads, d_head, bias=True):
    layers = {"q": (d_model, d_head), "k": (d_model, d_head), "v": (d_model, d_head)}
    layers["o"] = (d_head, d_model)
    return sum(i * j + bias * j for i, j in layers.values())
