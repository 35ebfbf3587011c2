"""Misconceptions of ``causality_test``."""

from autograder.grading.misconceptions import edit, misconception

_OPEN = "catches_open_leaks"
_HIDDEN = "catches_hidden_leaks"
_FAINT = "catches_faint_leaks"
_RIGHT = "accepts_what_is_right"
_X = "x = torch.randn(3, 33, 6, dtype=torch.float64)"
_CUTS = "range(1, x.shape[1])"
_CHANGED = "changed[:, t:] = torch.randn_like(changed[:, t:])"
_SAME = "torch.allclose(after[:, :t], before[:, :t], rtol=0, atol=1e-9)"


def _test(*pieces, fails):
    return edit(*pieces, fails=fails)


misconception(
    "always_true",
    says="the test accepts whatever it is given",
    asks="Give your test attention without a mask. What does it say?",
    causality_test=[
        _test(f"if not {_SAME}:", "if False:", fails=_OPEN),
        _test("return False", "return True", fails=_OPEN),
    ],
)
misconception(
    "always_false",
    says="the test rejects whatever it is given",
    asks="Give your test the plainest right implementation. What does it say?",
    causality_test=[
        _test("return True", "return False", fails=_OPEN),
    ],
)
misconception(
    "verdict_inverted",
    says="True and False have changed places",
    asks="What should a test return for what is right?",
    causality_test=_test("return False", "return True", "return True", "return False", fails=_OPEN),
)
misconception(
    "all_outputs_compared",
    says="outputs at changed positions are compared as well, which may change",
    asks="Position t was changed. May output t change?",
    causality_test=[
        _test(_SAME, "torch.allclose(after, before, rtol=0, atol=1e-9)", fails=_OPEN),
        _test(
            _SAME,
            "torch.allclose(after[:, : t + 1], before[:, : t + 1], rtol=0, atol=1e-9)",
            fails=_OPEN,
        ),
    ],
)
misconception(
    "past_changed",
    says="earlier inputs are changed and later outputs compared: those may depend on them",
    asks="Which way may information flow: from early to late, or from late to early?",
    causality_test=_test(
        _CHANGED,
        "changed[:, :t] = torch.randn_like(changed[:, :t])",
        _SAME,
        "torch.allclose(after[:, t:], before[:, t:], rtol=0, atol=1e-9)",
        fails=_OPEN,
    ),
)
misconception(
    "one_cut",
    says="one place to cut is tried",
    asks="Blocks of four tokens see themselves whole. At which places to cut does that show?",
    causality_test=[
        _test(_CUTS, "[x.shape[1] // 2]", fails=_HIDDEN),
        _test(_CUTS, "[x.shape[1] - 1]", fails=_HIDDEN),
        _test(_CUTS, "[1]", fails=_HIDDEN),
    ],
)
misconception(
    "one_sequence",
    says="one sequence is tried, never a batch",
    asks="A mask fits the first sequence of a batch and no other. Which batch would show it?",
    causality_test=[
        _test("randn(3, 33, 6", "randn(1, 33, 6", fails=_HIDDEN),
        _test(
            _SAME, "torch.allclose(after[0, :t], before[0, :t], rtol=0, atol=1e-9)", fails=_HIDDEN
        ),
    ],
)
misconception(
    "one_small_example",
    says="one short text is tried, and one change in it",
    asks="Which leaks cannot show in it: in long texts, in other sequences, at other places?",
    causality_test=[
        _test(
            "randn(3, 33, 6",
            "randn(1, 8, 6",
            _CUTS,
            "[4]",
            _SAME,
            f"torch.allclose(after[:, :t], before[:, :t], {tolerance})",
            fails=_HIDDEN,
        )
        for tolerance in ("rtol=0, atol=1e-9", "atol=1e-5")
    ],
)
misconception(
    "short_only",
    says="all sequences are short",
    asks="A ring buffer has room for sixteen tokens. With how many does it go wrong?",
    causality_test=[
        _test("randn(3, 33, 6", f"randn(3, {length}, 6", fails=_HIDDEN) for length in (5, 8, 10, 12)
    ],
)
misconception(
    "next_only",
    says="a single position is changed, and only the output right before it is compared",
    asks="A token sees what comes three places later. Which output gives that away?",
    causality_test=[
        _test(
            _CHANGED,
            "changed[:, t] = torch.randn_like(changed[:, t])",
            _SAME,
            "torch.allclose(after[:, t - 1], before[:, t - 1], rtol=0, atol=1e-9)",
            fails=_HIDDEN,
        ),
    ],
)
misconception(
    "too_tolerant",
    says="the comparison lets small leaks pass",
    asks="How large is rounding in the dtype that you chose, and how large a difference passes?",
    causality_test=[
        _test("atol=1e-9", f"atol={tolerance}", fails=_FAINT) for tolerance in ("1e-2", "1e-1")
    ],
)
misconception(
    "too_strict",
    says="the comparison rejects right ones for their rounding",
    asks="The same numbers are added in another order. Is the sum the same to the last bit?",
    causality_test=[
        _test(_SAME, "torch.equal(after[:, :t], before[:, :t])", fails=_RIGHT),
        _test("float64", "float32", fails=_RIGHT),
        _test("float64", "float32", ", rtol=0, atol=1e-9", "", fails=_RIGHT),
    ],
)
