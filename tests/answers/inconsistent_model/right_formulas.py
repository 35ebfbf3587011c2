# names:
# Shapes by formula, the answer collected by a comprehension, the shape as a list.
def shapes_of(d_model, num_heads, d_head, bias, **_):
    shapes = {"q_proj.weight": [d_head, d_model], "o_proj.weight": [d_model, num_heads * d_head]}
    return shapes | ({"q_proj.bias": [d_head], "o_proj.bias": [d_model]} if bias else {})


def inconsistent_model():
    wrong = [
        (letter, name, shape)
        for letter, row in CARDS.items()  # noqa: F821
        for name, shape in shapes_of(**row).items()
        if list(row[name]) != shape
    ]
    return dict(zip(("model", "tensor", "shape"), wrong[0], strict=True))
