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
misconception(
    "torch_names",
    says="the result keeps PyTorch's names",
    asks="Which names does our module's state_dict have?",
    from_torch=[
        edit("return ours", "return state", fails="cuts_the_weights"),
        edit(
            '{"o_proj.weight"', '{"out_proj.weight"',
            'ours["o_proj.bias"]', 'ours["out_proj.bias"]',
            fails="cuts_the_weights",
        ),
    ],
)  # fmt: skip
