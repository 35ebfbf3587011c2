# names:
# Right: sums the products of a list of shapes.
from math import prod


def parameter_count(d_model, num_heads, d_head, bias=True):
    width = num_heads * d_head
    shapes = 3 * [(width, d_model)] + [(d_model, width)]
    if bias:
        shapes += [(rows,) for rows, _ in shapes]
    return sum(map(prod, shapes))
