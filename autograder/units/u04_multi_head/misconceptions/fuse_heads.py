"""Misconceptions of ``fuse_heads``."""

from autograder.grading.misconceptions import edit, misconception
from autograder.units.shared.misconceptions.wrappers import changes

_JOINS = "joins_the_weights"
_CAT = "torch.cat(pieces, dim=0)"
_PIECE = 'state[f"heads.{i}.{name}.{part}"]'
_O_BIAS = 'fused["o_proj.bias"] = state["o_proj.bias"]'
_O_WEIGHT = '{"o_proj.weight": state["o_proj.weight"]}'

misconception(
    "heads_reversed",
    fuse_heads=edit("range(len(loop.heads))", "reversed(range(len(loop.heads)))", fails=_JOINS),
)
misconception(
    "changes_inputs",
    fuse_heads=changes("loop", "leaves_the_loop", '.state_dict()["heads.0.q_proj.weight"].zero_()'),
)
misconception(
    "rows_interleaved",
    says="the rows of the heads are mixed: row 0 of each head, then row 1 of each",
    asks="split_heads looks for head 0 in the first d_head numbers. Which rows make them?",
    fuse_heads=edit(_CAT, "torch.stack(pieces, dim=1).flatten(0, 1)", fails=_JOINS),
)
misconception(
    "biases_forgotten",
    fuse_heads=[
        edit(_O_BIAS, "pass", 'parts.append("bias")', "pass", fails=_JOINS),
        edit('parts.append("bias")', "pass", fails=_JOINS),
        edit(_O_BIAS, "pass", fails=_JOINS),
    ],
)
misconception(
    "o_proj_forgotten",
    fuse_heads=[
        edit(_O_WEIGHT, "{}", _O_BIAS, "pass", fails=_JOINS),
        edit(_O_WEIGHT, "{}", fails=_JOINS),
    ],
)
misconception(
    "joined_on_the_wrong_axis",
    says="the weights of the heads are joined side by side, not below each other",
    asks="A weight of nn.Linear is (out, in). Along which axis do outputs grow?",
    fuse_heads=edit(_CAT, "torch.cat(pieces, dim=-1)", fails=_JOINS),
)
misconception(
    "stacked_not_joined",
    says="the weights of the heads get an axis of their own, and are not joined into one matrix",
    asks="What does `stack` do to the number of axes, and what does `cat`?",
    fuse_heads=edit(_CAT, "torch.stack(pieces)", fails=_JOINS),
)
misconception(
    "biases_made_up",
    says="there are biases of zeros where the other module has none",
    asks="Which names has a module with bias=False, and would it take others?",
    fuse_heads=edit(
        "return fused",
        'for name in ("q_proj", "k_proj", "v_proj", "o_proj"):\n'
        '    weight = fused[f"{name}.weight"]\n'
        '    fused.setdefault(f"{name}.bias", weight.new_zeros(len(weight)))\n'
        "return fused",
        fails=_JOINS,
    ),
)
misconception(
    "names_of_the_heads",
    says="the result keeps the names of the loop, one for each head",
    asks="Which names does the other module's state_dict have?",
    fuse_heads=[
        edit("return fused", f"return {kept}", fails=_JOINS)
        for kept in ("dict(state)", "state | fused")
    ],
)
misconception(
    "heads_added",
    fuse_heads=edit(_CAT, "sum(pieces)", fails=_JOINS),
)
misconception(
    "first_head_only",
    says="the weights of head 0 are taken, and no others",
    asks="How many rows should q_proj.weight have, and whose are they?",
    fuse_heads=edit(_CAT, "pieces[0]", fails=_JOINS),
)
misconception(
    "weights_transposed",
    says="the weights are transposed",
    asks="Both sides use nn.Linear's (out, in). Is there anything to transpose?",
    fuse_heads=edit(_CAT, "torch.cat(pieces, dim=0).t()", fails=_JOINS),
)
misconception(
    "o_proj_transposed",
    says="the output projection is transposed",
    asks="Both sides use nn.Linear's (out, in). Is there anything to transpose?",
    fuse_heads=edit('state["o_proj.weight"]}', 'state["o_proj.weight"].t()}', fails=_JOINS),
)
misconception(
    "heads_sorted_as_text",
    says="the heads are ordered by their names as text: heads.10 comes before heads.2",
    asks="Is the order of the names the order of the numbers in them?",
    fuse_heads=edit(
        "range(len(loop.heads))", "sorted(range(len(loop.heads)), key=str)",
        fails="keeps_the_order_of_many_heads",
    ),
)  # fmt: skip
misconception(
    "first_head_repeated",
    says="the weights of head 0 are taken for every head",
    asks="Does the number of the head enter the name of the weight you read?",
    fuse_heads=edit(_PIECE, 'state[f"heads.{0 * i}.{name}.{part}"]', fails=_JOINS),
)
misconception(
    "kv_swapped",
    fuse_heads=edit(
        _PIECE,
        'state[f"heads.{i}.{name.translate({107: 118, 118: 107})}.{part}"]',
        fails=_JOINS,
    ),
)
