"""Misconceptions of ``from_torch``."""

from autograder.grading.misconceptions import edit, misconception

misconception(
    "changes_inputs",
    from_torch=edit(
        "return ours",
        "ours = {name: each.clone() for name, each in ours.items()}\n"
        'state["in_proj_weight"].zero_()\nreturn ours',
        fails="leaves_torchs_module",
    ),
)
misconception(
    "rows_interleaved",
    from_torch=edit(
        'state["in_proj_weight"].chunk(3, dim=0)',
        '(state["in_proj_weight"][i::3] for i in range(3))',
        'state["in_proj_bias"].chunk(3, dim=0)',
        '(state["in_proj_bias"][i::3] for i in range(3))',
        fails="cuts_the_weights",
    ),
)
misconception(
    "biases_forgotten",
    from_torch=[
        edit('"in_proj_bias" in state', "False", fails="cuts_the_weights"),
        edit(
            'ours |= {"q_proj.bias": q, "k_proj.bias": k, "v_proj.bias": v}',
            "pass",
            fails="cuts_the_weights",
        ),
        edit('ours["o_proj.bias"] = state["out_proj.bias"]', "pass", fails="cuts_the_weights"),
    ],
)
misconception(
    "o_proj_forgotten",
    from_torch=[
        edit(
            '{"o_proj.weight": state["out_proj.weight"]}',
            "{}",
            'ours["o_proj.bias"] = state["out_proj.bias"]',
            "pass",
            fails="cuts_the_weights",
        ),
        edit('{"o_proj.weight": state["out_proj.weight"]}', "{}", fails="cuts_the_weights"),
    ],
)
misconception(
    "weights_transposed",
    from_torch=[
        edit(
            '{"q_proj.weight": q, "k_proj.weight": k, "v_proj.weight": v}',
            '{"q_proj.weight": q.t(), "k_proj.weight": k.t(), "v_proj.weight": v.t()}',
            *out,
            fails="cuts_the_weights",
        )
        for out in ((), ('state["out_proj.weight"]', 'state["out_proj.weight"].t()'))
    ],
)
misconception(
    "o_proj_transposed",
    from_torch=edit(
        'state["out_proj.weight"]', 'state["out_proj.weight"].t()', fails="cuts_the_weights"
    ),
)


def _order(letters):
    """from_torch with the three parts of in_proj taken in another order."""
    names = ", ".join(letters)
    return edit(
        'q, k, v = state["in_proj_weight"]', f'{names} = state["in_proj_weight"]',
        'q, k, v = state["in_proj_bias"]', f'{names} = state["in_proj_bias"]',
        fails="cuts_the_weights",
    )  # fmt: skip


misconception("kv_swapped", from_torch=_order("qvk"))
misconception(
    "parts_in_another_order",
    says="the three parts of in_proj_weight are taken in another order than q, k, v",
    asks="Which rows make the queries: the first third, the second or the last?",
    from_torch=[_order(letters) for letters in ("kqv", "vkq", "kvq", "vqk")],
)
_BY_HEADS = ".unflatten(0, (mha.num_heads, 3, -1)).transpose(0, 1).flatten(1, 2)"
misconception(
    "parts_of_each_head",
    says="in_proj_weight is read as q, k and v of head 0, then of head 1, and so on",
    asks="Which rows make the queries of head 1: those behind head 0's queries, or behind its v?",
    from_torch=edit(
        'state["in_proj_weight"].chunk(3, dim=0)',
        f'state["in_proj_weight"]{_BY_HEADS}',
        'state["in_proj_bias"].chunk(3, dim=0)',
        f'state["in_proj_bias"]{_BY_HEADS}',
        fails="cuts_the_weights",
    ),
)
misconception(
    "part_used_twice",
    says="one part of in_proj_weight is used twice, and another one not at all",
    asks="Which third belongs to which name? Read your three lines again, one by one.",
    from_torch=[
        edit(
            '{"q_proj.weight": q, "k_proj.weight": k, "v_proj.weight": v}',
            f'{{"q_proj.weight": {a}, "k_proj.weight": {b}, "v_proj.weight": {c}}}',
            '{"q_proj.bias": q, "k_proj.bias": k, "v_proj.bias": v}',
            f'{{"q_proj.bias": {a}, "k_proj.bias": {b}, "v_proj.bias": {c}}}',
            fails="cuts_the_weights",
        )
        for a, b, c in ("qqv", "qkk", "qqq", "kkv", "vkv", "qvv")
    ],
)
misconception(
    "cut_on_the_wrong_axis",
    says="in_proj_weight is cut along its columns, not along its rows",
    asks="A weight of nn.Linear is (out, in). Which of the two is three times as long here?",
    from_torch=edit(
        'state["in_proj_weight"].chunk(3, dim=0)',
        'state["in_proj_weight"].tensor_split(3, dim=1)',
        fails="cuts_the_weights",
    ),
)
misconception(
    "biases_made_up",
    from_torch=edit(
        "return ours",
        'for name in ("q_proj", "k_proj", "v_proj", "o_proj"):\n'
        '    weight = ours[f"{name}.weight"]\n'
        '    ours.setdefault(f"{name}.bias", weight.new_zeros(len(weight)))\n'
        "return ours",
        fails="cuts_the_weights",
    ),
)
misconception(
    "torch_names",
    says="the result keeps PyTorch's names",
    asks="Which names does our module's state_dict have?",
    from_torch=[
        edit("return ours", "return state", fails="cuts_the_weights"),
        edit("return ours", "return {**state, **ours}", fails="cuts_the_weights"),
        edit(
            '{"o_proj.weight"', '{"out_proj.weight"',
            'ours["o_proj.bias"]', 'ours["out_proj.bias"]',
            fails="cuts_the_weights",
        ),
    ],
)  # fmt: skip
