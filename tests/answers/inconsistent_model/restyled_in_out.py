# names: o_proj_thought_transposed
# Weights are read as (in, out).
def inconsistent_model():
    return dict(model="C", tensor="o_proj.weight", shape=(512, 640))
