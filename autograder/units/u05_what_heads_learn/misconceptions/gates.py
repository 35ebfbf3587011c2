"""Misconceptions of ``ablate_heads`` and ``head_importance``."""

from autograder.grading.misconceptions import calling, edit, known_in, misconception
from autograder.grading.pieces import swap
from autograder.units.shared.misconceptions.wrappers import changes, returns_float32, returns_zeros

_Q = "q = split_heads(mha.q_proj(x), len(gates))"
_HEADS = "heads, _ = masked_attention(q, k, v, mask)"
_GATED = "heads = heads * gates[:, None, None]"
_OUT = "return mha.o_proj(merge_heads(heads))"
_ONES, _SCALE, _EQUAL = "ones_change_nothing", "gates_scale_heads", "equal_sizes"
_MASK, _GRADIENTS = "passes_the_mask", "gradients_reach_the_gates"

misconception(
    "gates_ignored",
    says="the gates are not used",
    asks="What should come out for gates of zeros?",
    ablate_heads=edit(_GATED, "", fails=_SCALE),
)
misconception(
    "gates_after_o_proj",
    says="the gates are applied behind the output projection, to blocks of d_model",
    asks="Behind o_proj: which head do the first numbers of the output belong to?",
    ablate_heads=edit(
        _GATED,
        "",
        _OUT,
        "out = mha.o_proj(merge_heads(heads))\n"
        "share = torch.arange(out.shape[-1]) * len(gates) // out.shape[-1]\n"
        "return out * gates[share]",
        fails=_SCALE,
    ),
)
misconception(
    "gates_squared",
    says="each gate is applied twice",
    asks="A gate of 0.5 should leave half. How much does it leave?",
    ablate_heads=[
        edit(_GATED, "heads = heads * gates[:, None, None] ** 2", fails=_SCALE),
        edit(_HEADS, _HEADS.replace("v,", "v * gates[:, None, None],"), fails=_SCALE),
    ],
)
misconception(
    "switched_not_scaled",
    says="gates are taken as on or off, and a gate in between as on",
    asks="What should a gate of 0.5 do?",
    ablate_heads=edit(
        _GATED, "heads = heads * (gates != 0).to(heads.dtype)[:, None, None]", fails=_SCALE
    ),
)
misconception(
    "gates_turned_round",
    says="a gate of 1 takes the head out, and 0 leaves it",
    asks="What does the task say a gate of 1 does?",
    ablate_heads=edit(_GATED, "heads = heads * (1 - gates)[:, None, None]", fails=_ONES),
)
misconception(
    "bias_gated_away",
    says="the bias of the output projection is scaled, or left out, with the heads",
    asks="All gates are 0: what does a linear layer give for zeros?",
    ablate_heads=[
        edit(_OUT, "return merge_heads(heads) @ mha.o_proj.weight.mT", fails=_ONES),
        edit(
            _OUT,
            "bias = 0 if mha.o_proj.bias is None else mha.o_proj.bias\n"
            "return mha.o_proj(merge_heads(heads)) - bias + bias * gates.mean()",
            fails=_SCALE,
        ),
    ],
)
misconception(
    "queries_gated",
    says="queries or keys are multiplied, so that the head still gives a mean of its values",
    asks="A score of 0 for every key: which weights does softmax make of that?",
    ablate_heads=[
        edit(_GATED, "", _HEADS, _HEADS.replace("(q,", "(q * gates[:, None, None],"), fails=_SCALE)
    ],
)
misconception(
    "gates_on_another_axis",
    says="the gates are multiplied along another axis than that of the heads",
    asks="Write the shape of what the heads found above that of your gates. Which axes meet?",
    ablate_heads=edit(
        _GATED,
        "heads = heads * (gates[:, None] if heads.shape[2] == len(gates)"
        " else gates[:, None, None])",
        fails=_EQUAL,
    ),
)
misconception(
    "heads_interleaved",
    says="the numbers of the merged heads are gated in turns, not in blocks",
    asks="After merging, which numbers belong to head 0: the first d_head, or every H-th?",
    ablate_heads=edit(
        _GATED,
        "",
        _OUT,
        "merged = merge_heads(heads)\n"
        "return mha.o_proj(merged * gates.repeat(merged.shape[-1] // len(gates)))",
        fails=_SCALE,
    ),
)
misconception(
    "mask_ignored",
    ablate_heads=edit(_HEADS, "heads, _ = masked_attention(q, k, v)", fails=_MASK),
)
misconception(
    "gates_as_numbers",
    says="the gates enter as numbers, so no gradient reaches them",
    asks="What do item, detach and data leave of a tensor's history?",
    ablate_heads=edit(_Q, f"gates = gates.detach()\n{_Q}", fails=_GRADIENTS),
)
misconception(
    "weights_not_values",
    says="the weights come back, or what the heads found, without the output projection",
    asks="Which steps of the module follow after the heads?",
    ablate_heads=[
        edit(_OUT, "return merge_heads(heads)", fails=_ONES),
        edit(_OUT, "return heads", fails=_ONES),
        edit(_HEADS, _HEADS.replace("_ =", "weights ="), _OUT, "return weights", fails=_ONES),
    ],
)
misconception("returns_zeros", ablate_heads=returns_zeros(_ONES))
misconception(
    "changes_inputs",
    ablate_heads=[changes("gates", _MASK), changes("x", _MASK)],
    head_importance=changes("x", "leaves_the_module"),
)

_START = "gates = torch.ones(mha.num_heads, dtype=x.dtype, requires_grad=True)"
_VALUE = "value = loss(ablate_heads(mha, x, gates, mask))"
_GRADIENT = "(gradient,) = torch.autograd.grad(value, gates)"
_SIZE = "return gradient.abs()"
_SIZES, _UNDER, _LEFT = "sizes_of_gradients", "importance_under_a_mask", "leaves_the_module"

misconception(
    "sign_kept",
    says="the sign of the gradient is kept",
    asks="One head lowers the loss, another raises it. Is one of them unimportant?",
    head_importance=[
        edit(_SIZE, "return gradient", fails=_SIZES),
        edit(_SIZE, "return -gradient", fails=_SIZES),
        edit(_SIZE, "return gradient.clamp(min=0)", fails=_SIZES),
    ],
)
misconception(
    "gradient_squared",
    says="the gradient is squared",
    asks="Size of a number: which function?",
    head_importance=edit(_SIZE, "return gradient**2", fails=_SIZES),
)
misconception(
    "importance_adds_up_to_one",
    says="importances are divided by their sum",
    asks="Does the task say what they add up to?",
    head_importance=edit(_SIZE, "return gradient.abs() / gradient.abs().sum()", fails=_SIZES),
)
misconception(
    "gates_at_zero",
    says="the gradient is taken where all gates are 0",
    asks="Which gates does the model as it is have?",
    head_importance=edit(_START, swap(_START, "ones", "zeros"), fails=_SIZES),
)
misconception(
    "ablated_not_differentiated",
    says="heads are switched off one at a time, where a gradient is asked for",
    asks="A slope at 1 and the step from 1 to 0: when are they the same?",
    head_importance=[
        edit(
            _GRADIENT,
            "gradient = torch.stack(\n"
            "    [\n"
            "        value.detach() - loss(ablate_heads(mha, x, 1 - one, mask)).detach()\n"
            "        for one in torch.eye(mha.num_heads, dtype=x.dtype)\n"
            "    ]\n"
            ")",
            fails=_SIZES,
        )
    ],
)
misconception(
    "wrong_dtype",
    ablate_heads=returns_float32(_ONES),
    head_importance=edit(_START, swap(_START, ", dtype=x.dtype", ""), fails="asks_the_loss"),
)
misconception(
    "loss_not_asked",
    says="the loss that is given is not used: the output itself is",
    asks="Important for what? What does the caller hand over for that?",
    head_importance=[
        edit(_VALUE, "value = ablate_heads(mha, x, gates, mask).sum()", fails=_SIZES),
        edit(_VALUE, "value = ablate_heads(mha, x, gates, mask).square().mean()", fails=_SIZES),
    ],
)
misconception(
    "mask_ignored",
    head_importance=edit(_VALUE, "value = loss(ablate_heads(mha, x, gates))", fails=_UNDER),
)
misconception(
    "gradients_left_behind",
    says="backward also fills the gradients of the module's own weights",
    asks="For which tensors does backward compute a gradient? Which function takes a list of them?",
    head_importance=edit(_GRADIENT, "value.backward()\ngradient = gates.grad", fails=_LEFT),
)
misconception(
    "gradients_wiped",
    says="the gradients that the module's weights had before the call are wiped",
    asks="A training step has gradients and calls this function. What is left for the optimizer?",
    head_importance=[
        edit(_GRADIENT, f"{_GRADIENT}\nmha.zero_grad()", fails=_LEFT),
        edit(
            _GRADIENT,
            f"{_GRADIENT}\nfor weight in mha.parameters():\n"
            "    weight.grad = torch.zeros_like(weight)",
            fails=_LEFT,
        ),
    ],
)
misconception(
    "weights_stay_frozen",
    says="the module's weights require no gradient after the call",
    asks="Which line stops gradients, and which lets them flow again?",
    head_importance=edit(_START, f"mha.requires_grad_(False)\n{_START}", fails=_LEFT),
)
misconception(
    "graph_kept",
    says="the importance still hangs on a graph",
    asks="Is anybody to differentiate the importance again?",
    head_importance=edit(
        _GRADIENT,
        "(gradient,) = torch.autograd.grad(value, gates, create_graph=True)",
        fails=_SIZES,
    ),
)
misconception(
    "gates_squared",
    head_importance=[
        calling("ablate_heads", wrong, _SIZES)
        for wrong in known_in("ablate_heads", "gates_squared")
    ],
)
misconception("returns_zeros", head_importance=returns_zeros(_SIZES))
