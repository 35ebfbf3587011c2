"""Misconceptions of ``cache_test``."""

from autograder.grading.misconceptions import edit, misconception

_WRITING = "catches_wrong_writing"
_TRIMMING = "catches_wrong_trimming"
_READING = "catches_wrong_reading"
_SHARING = "catches_sharing"
_RIGHT = "accepts_what_is_right"
_STEPS = "[(5, 3), (2, 4), (20, 9), (1, 0), (3, 3)]"
_EQUAL = "a.shape == b.shape and torch.equal(a, b)"
_EACH = "        for i, (append, _, _) in enumerate(caches):\n"
_CHUNK = "chunk = torch.randn(2, 2, 3, new, 4)\n"
_READ_TWICE = "if not agree(read(), records[i]) or not agree(read(), records[i]):"
_AFTER_APPEND = "if not agree(append(*chunk), records[i]):\n                return False"
_AFTER_TRIM = (
    "trim(kept)\n            if not agree(read(), records[i]):\n                return False"
)
_TRIMMED = "records[i] = records[i][:, :, :, :kept]\n"


def _test(*pieces, fails):
    return edit(*pieces, fails=fails)


misconception(
    "always_true",
    cache_test=_test(_EQUAL, "True", fails=_WRITING),
)
misconception(
    "always_false",
    cache_test=_test("    return True\n", "    return False\n", fails=_WRITING),
)
misconception(
    "shapes_only",
    says="shapes are compared and numbers are not",
    asks="Two users' texts have the same length. Does your test tell their caches apart?",
    cache_test=_test(_EQUAL, "a.shape == b.shape", fails=_WRITING),
)
misconception(
    "keys_only",
    says="keys are compared and values are not",
    asks="How many tensors does `read` give?",
    cache_test=_test(
        "pairs = zip(got, record, strict=True)", "pairs = [(got[0], record[0])]", fails=_WRITING
    ),
)
misconception(
    "appended_once",
    says="each cache gets one append, and no trim",
    asks="A conversation has many turns. What does the second append do to what is stored?",
    cache_test=_test(
        _STEPS,
        "[(5, 5)]",
        _TRIMMED,
        "",
        _AFTER_TRIM,
        "pass",
        _READ_TWICE,
        "if not agree(read(), records[i]):",
        fails=_WRITING,
    ),
)
misconception(
    "never_trimmed",
    says="nothing is ever trimmed",
    asks="Drafts are rejected, and a conversation begins anew. What does a server call then?",
    cache_test=_test(_TRIMMED, "", _AFTER_TRIM, "pass", fails=_TRIMMING),
)
misconception(
    "nothing_after_trim",
    says="the test ends with a trim: nothing is appended after one",
    asks="Where does the token go that comes after a trim?",
    cache_test=[
        _test(_STEPS, "[(25, 0)]", fails=_TRIMMING),
        _test(
            _STEPS,
            "[(3, 3), (1, 4), (1, 5), (5, 10), (1, 11), (30, 41)]",
            "    return True\n",
            "    for kept in (41, 20, 3, 0):\n"
            "        for i, (_, read, trim) in enumerate(caches):\n"
            "            records[i] = records[i][:, :, :, :kept]\n"
            "            trim(kept)\n"
            "            if not agree(read(), records[i]):\n"
            "                return False\n"
            "    return True\n",
            fails=_TRIMMING,
        ),
    ],
)
misconception(
    "never_emptied",
    says="no cache is ever trimmed to 0",
    asks="`if length:` is a line of one of them. For which length does it go wrong?",
    cache_test=_test("(1, 0)", "(1, 1)", fails=_TRIMMING),
)
misconception(
    "trimmed_once",
    says="a cache is trimmed once",
    asks="Drafts are rejected again and again. What if only the first time works?",
    cache_test=_test(_STEPS, "[(25, 0), (3, 3)]", fails=_TRIMMING),
)
misconception(
    "short_only",
    cache_test=[
        _test("(20, 9)", "(6, 5)", fails=_WRITING),
        _test("(20, 9)", "(9, 9)", fails=_WRITING),
    ],
)
misconception(
    "one_sequence",
    cache_test=_test(
        "torch.empty(2, 2, 3, 0, 4), torch.empty(2, 2, 3, 0, 4)",
        "torch.empty(2, 1, 3, 0, 4), torch.empty(2, 1, 3, 0, 4)",
        "torch.randn(2, 2, 3, new, 4)",
        "torch.randn(2, 1, 3, new, 4)",
        fails=_WRITING,
    ),
)
misconception(
    "token_by_token",
    says="tokens are appended one at a time, never a chunk to what is stored",
    asks="A second question of several tokens comes in a conversation. What does append get?",
    cache_test=_test(
        _STEPS,
        "[(5, 3)] + [(1, n) for n in range(4, 22)] + [(1, 9), (1, 0), (1, 1)]",
        fails=_WRITING,
    ),
)
misconception(
    "append_not_compared",
    says="what append returns is not compared",
    asks="Attention takes what append returns. What if only read is right?",
    cache_test=_test(_AFTER_APPEND, "append(*chunk)", fails=_READING),
)
misconception(
    "read_not_compared",
    says="what read gives is not compared",
    asks="Somebody saves the cache to disk by `read`. What if only append is right?",
    cache_test=_test(
        _READ_TWICE + "\n                return False",
        "pass",
        _AFTER_TRIM,
        "trim(kept)",
        fails=_READING,
    ),
)
misconception(
    "one_cache",
    says="one cache is made, so two cannot mix up",
    asks="Two users ask at the same time. How many caches does your test have?",
    cache_test=_test(
        "caches = [make_cache(), make_cache()]", "caches = [make_cache()]", fails=_SHARING
    ),
)
misconception(
    "one_after_the_other",
    says="the second cache is made when the first has done its work",
    asks="When does the first cache show that the second wrote into it?",
    cache_test=_test(
        "    caches = [make_cache(), make_cache()]\n",
        "    return _run([make_cache()]) and _run([make_cache()])\n\n\ndef _run(caches):\n",
        fails=_SHARING,
    ),
)
misconception(
    "same_numbers_in_both",
    says="both caches get the same numbers, so that it does not show if they mix",
    asks="Two users say the same. Can you tell whose answer is whose?",
    cache_test=_test(
        f"{_EACH}            {_CHUNK}",
        f"        {_CHUNK}{_EACH}",
        fails=_SHARING,
    ),
)
misconception(
    "changing_order_demanded",
    says="more is demanded than the task promises: memory in one order",
    asks="Does a tensor have other numbers if its memory is in another order?",
    cache_test=_test(_EQUAL, _EQUAL + " and a.is_contiguous()", fails=_RIGHT),
)
