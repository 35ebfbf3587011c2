"""Misconceptions of ``pool_kv_heads``."""

from autograder.grading.misconceptions import edit, misconception

_INDIVISIBLE = "num_heads % num_kv_heads != 0"
misconception(
    "no_error_when_indivisible",
    says="a number of KV heads is accepted that does not divide the heads",
    asks="What does // do with the remainder? Which heads belong to no group then?",
    pool_kv_heads=[
        edit(
            _INDIVISIBLE,
            "num_heads < 0",
            "state_dict[name].unflatten(0, (num_kv_heads, num_heads // num_kv_heads, -1))",
            "state_dict[name].unflatten(0, (num_heads, -1))"
            "[: num_heads // num_kv_heads * num_kv_heads]"
            ".unflatten(0, (num_kv_heads, -1))",
            fails="refuses_to_pool",
        ),
        edit(_INDIVISIBLE, "num_heads < 0", fails="refuses_to_pool"),
    ],
)

_MEAN = "takes_the_mean"
_FIRST = "takes_the_first"
_UNFLATTEN = "state_dict[name].unflatten(0, (num_kv_heads, num_heads // num_kv_heads, -1))"
_KEEP_MEAN = "kept = heads.mean(dim=1)"
_KEEP_FIRST = "kept = heads[:, 0]"
_RANDOM = "kept = torch.randn_like(heads[:, 0]) * heads.std()"
_WHICH = 'if name.startswith(("k_proj", "v_proj")):'


def _pool(*pieces, fails=_MEAN):
    return edit(*pieces, fails=fails)


misconception(
    "pooled_wrong_neighbours",
    says="heads 0, H_kv, 2 H_kv ... are pooled together, not neighbours",
    asks="Which query heads will read KV head 0? Whose keys did they read before?",
    pool_kv_heads=_pool(
        _UNFLATTEN,
        "state_dict[name].unflatten(0, (num_heads // num_kv_heads, num_kv_heads, -1))"
        ".transpose(0, 1)",
    ),
)
misconception(
    "group_size_swapped",
    pool_kv_heads=_pool(
        _UNFLATTEN,
        "state_dict[name].unflatten(0, (num_heads // num_kv_heads, num_kv_heads, -1))",
    ),
)
misconception(
    "d_head_of_d_model",
    says="d_head is taken for d_model // num_heads, whatever the weights say",
    asks="k_proj.weight has num_heads * d_head rows. What is d_head then?",
    pool_kv_heads=[
        _pool(
            _UNFLATTEN,
            f"state_dict[name].{call}, state_dict['q_proj.weight'].shape[1] // num_heads{rest})",
        )
        for call, rest in (
            ("unflatten(0, (num_kv_heads, num_heads // num_kv_heads", ")"),
            (
                "reshape(num_kv_heads, num_heads // num_kv_heads",
                ", *state_dict[name].shape[1:]",
            ),
        )
    ],
)
misconception(
    "mean_of_all_heads",
    says="the mean is taken over all heads, not over those of a group",
    asks="Two KV heads are asked for. Should both of them be the same?",
    pool_kv_heads=_pool(
        _KEEP_MEAN, "kept = heads.mean(dim=(0, 1), keepdim=True)[0].expand_as(heads[:, 0])"
    ),
)
misconception(
    "pooled_then_repeated",
    says="the pooled heads are repeated for every head of the group: nothing gets smaller",
    asks="How many KV heads should the weights have in the end?",
    pool_kv_heads=_pool(
        "kept.flatten(0, 1)",
        "kept.repeat_interleave(num_heads // num_kv_heads, dim=0).flatten(0, 1)",
    ),
)
misconception(
    "only_pooled_returned",
    says="only keys and values come back; the other projections are missing",
    asks="What does a GroupedQueryAttention load besides k_proj and v_proj?",
    pool_kv_heads=_pool(
        "return pooled",
        "return {name: each for name, each in pooled.items() if name[0] in 'kv'}",
    ),
)
misconception(
    "sum_instead_of_mean",
    says="the heads of a group are added up, not averaged",
    asks="How long would a key be that is the sum of three?",
    pool_kv_heads=[
        _pool(_KEEP_MEAN, "kept = heads.sum(dim=1)"),
    ],
)
misconception(
    "biases_forgotten",
    pool_kv_heads=[
        _pool(_WHICH, 'if name in ("k_proj.weight", "v_proj.weight"):'),
        _pool(
            "return pooled",
            "return {name: each for name, each in pooled.items() "
            'if name not in ("k_proj.bias", "v_proj.bias")}',
        ),
        _pool(
            "return pooled",
            'return {name: each for name, each in pooled.items() if "weight" in name}',
        ),
    ],
)
misconception(
    "first_instead_of_mean",
    says="the first head of each group is taken in place of the mean",
    asks="Which way is asked for when nobody says `how`?",
    pool_kv_heads=[
        _pool(_KEEP_MEAN, "kept = heads[:, 0].clone()"),
        _pool('how="mean"):', 'how="first"):'),
    ],
)
misconception(
    "mean_instead_of_first",
    says="the mean is taken in place of the first head of each group",
    asks="What should how='first' do with the other heads of a group?",
    pool_kv_heads=_pool(_KEEP_FIRST, "kept = heads.mean(dim=1)", fails=_FIRST),
)
misconception(
    "last_instead_of_first",
    says="the last head of each group is taken in place of the first",
    asks="Which rows of the weight belong to the first head of a group?",
    pool_kv_heads=_pool(_KEEP_FIRST, "kept = heads[:, -1]", fails=_FIRST),
)
misconception(
    "first_heads_of_all",
    says="the first H_kv heads are taken, not the first of each group",
    asks="Which group do heads 0 and 1 belong to?",
    pool_kv_heads=_pool(
        _KEEP_FIRST,
        "kept = state_dict[name].unflatten(0, (num_heads, -1))[:num_kv_heads]",
        fails=_FIRST,
    ),
)
misconception(
    "head_0_for_all",
    says="head 0 is taken for every group",
    asks="Which head is the first of the second group?",
    pool_kv_heads=_pool(_KEEP_FIRST, "kept = heads[:1, 0].expand_as(heads[:, 0])", fails=_FIRST),
)
misconception(
    "only_keys_pooled",
    says="the values keep all their heads; only the keys are pooled",
    asks="Which of the four projections get narrower?",
    pool_kv_heads=_pool(_WHICH, 'if name.startswith("k_proj"):'),
)
misconception(
    "only_values_pooled",
    says="the keys keep all their heads; only the values are pooled",
    asks="Which of the four projections get narrower?",
    pool_kv_heads=_pool(_WHICH, 'if name.startswith("v_proj"):'),
)
misconception(
    "queries_pooled_too",
    says="the query projection is pooled as well",
    asks="How many query heads are left, and how many should there be?",
    pool_kv_heads=[_pool(_WHICH, 'if name.startswith(("q_proj", "k_proj", "v_proj")):')],
)
misconception(
    "rows_interleaved",
    pool_kv_heads=[
        _pool(
            _UNFLATTEN,
            "state_dict[name].unflatten(0, (-1, num_heads)).transpose(0, 1)"
            ".unflatten(0, (num_kv_heads, num_heads // num_kv_heads))",
        ),
        _pool(
            _UNFLATTEN,
            "state_dict[name].unflatten(0, (-1, num_kv_heads, num_heads // num_kv_heads))"
            ".movedim(0, 2)",
            "kept.flatten(0, 1)",
            "kept.transpose(0, 1).flatten(0, 1)",
        ),
        _pool(
            _UNFLATTEN,
            "state_dict[name].unflatten(0, (num_kv_heads, -1, num_heads // num_kv_heads))"
            ".transpose(1, 2)",
        ),
    ],
)
misconception(
    "columns_pooled",
    says="columns of the weights are pooled, which are inputs, not rows, which are heads",
    asks="A weight of nn.Linear is (out, in). Which axis holds the heads?",
    pool_kv_heads=_pool(
        _WHICH,
        "if state_dict[name].dim() == 2 and name[:6] in ('k_proj', 'v_proj'):\n"
        "    used = state_dict[name].shape[1] // num_heads * num_heads\n"
        "    pooled[name] = state_dict[name][:, :used]"
        ".unflatten(1, (num_kv_heads, num_heads // num_kv_heads, -1)).mean(dim=2).flatten(1, 2)\n"
        "elif name.startswith(('k_proj', 'v_proj')):",
    ),
)
misconception(
    "random_not_random",
    says="the random weights are the same each time",
    asks="From which generator do your numbers come, and who sets its seed?",
    pool_kv_heads=[
        _pool(
            _RANDOM,
            "kept = torch.randn(heads[:, 0].shape, generator=torch.Generator().manual_seed(0), "
            "dtype=heads.dtype) * heads.std()",
            fails="draws_fresh_weights",
        ),
        _pool(_RANDOM, "kept = heads[:, 0]", fails="draws_fresh_weights"),
        _pool(_RANDOM, "kept = heads.mean(dim=1)", fails="draws_fresh_weights"),
    ],
)
misconception(
    "random_not_from_torch",
    says="the random weights come from another generator than torch's",
    asks="Somebody calls torch.manual_seed and then your function, twice. What do they get?",
    pool_kv_heads=_pool(
        _RANDOM,
        "other = torch.Generator()\n"
        "other.seed()\n"
        "kept = torch.randn(heads[:, 0].shape, generator=other, dtype=heads.dtype) * heads.std()",
        fails="draws_fresh_weights",
    ),
)
misconception(
    "random_reuses_old",
    says="the random weights are old ones in another order",
    asks="Fresh heads know nothing of the old ones. What do yours still know?",
    pool_kv_heads=[
        _pool(_RANDOM, new, fails="draws_fresh_weights")
        for new in (
            "kept = heads.flatten()[torch.randperm(heads.numel())[: heads[:, 0].numel()]]"
            ".reshape(heads[:, 0].shape)",
            "kept = heads[:, torch.randint(heads.shape[1], ())].flatten(0, 1)\n"
            "kept = kept[torch.randperm(len(kept))].reshape(heads[:, 0].shape)",
        )
    ],
)
misconception(
    "random_wrong_spread",
    says="the random weights do not spread as the old ones do",
    asks="What is the standard deviation of torch.randn, and what is that of the old weights?",
    pool_kv_heads=[
        _pool(_RANDOM, f"kept = {new}", fails="draws_fresh_weights")
        for new in (
            "torch.randn_like(heads[:, 0])",
            "torch.randn_like(heads[:, 0]) * 0.02",
            "torch.rand_like(heads[:, 0]) * heads.std()",
            "torch.randn_like(heads[:, 0]) * heads.var()",
        )
    ],
)
misconception(
    "no_error_unknown_how",
    says="an unknown way to pool is accepted",
    asks="What does your function do with how='median'?",
    pool_kv_heads=[
        _pool('how not in ("mean", "first", "random")', "False", fails="refuses_to_pool"),
    ],
)
_DOUBLED = "for each in state_dict.values():\n    each.mul_(2)\nreturn "
misconception(
    "changes_inputs",
    pool_kv_heads=[
        _pool("return pooled", f"{_DOUBLED}pooled"),
        _pool(
            "return pooled",
            f"copies = {{name: each.clone() for name, each in pooled.items()}}\n{_DOUBLED}copies",
            fails="leaves_the_weights",
        ),
        _pool(
            "return pooled",
            'state_dict["k_proj.weight"].mul_(2)\nreturn pooled',
            fails="leaves_the_weights",
        ),
    ],
)
