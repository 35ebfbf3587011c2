"""Misconceptions of ``my_conclusions``."""

from autograder.grading.misconceptions import edit, misconception
from autograder.grading.pieces import swap

misconception(
    "flops_shrink_with_kv_heads",
    my_conclusions=[
        edit('found["flops"],', 'found["flops"] * found["kv_bytes"],', fails="concludes_the_counts")
    ],
)
misconception(
    "bytes_do_not_shrink",
    says="as many bytes are said to be read with one KV head as with eight",
    asks="Who has keys of its own in MQA?",
    my_conclusions=edit('found["kv_bytes"],', "1,", fails="concludes_the_counts"),
)
misconception(
    "bytes_ratio_inverted",
    says="the ratio of the bytes is upside down",
    asks="How many times as many bytes: is that 8 or an eighth?",
    my_conclusions=edit(
        'found["kv_bytes"],', '1 / found["kv_bytes"],', fails="concludes_the_counts"
    ),
)

_SPEEDUP = 'speedups[name] = many["median"] / one["median"]'
_AT_SPEEDUPS = "concludes_the_speedups"
_AT_APART = "concludes_what_is_told_apart"
_APART = 'if many["low"] > one["high"] or one["low"] > many["high"]:'
_AT_BOUND = "concludes_the_bound"
_BOUND = 'bound[name] = "memory" if many["intensity"] < 3 else "compute"'


def _speedup(new):
    return edit(_SPEEDUP, f"speedups[name] = {new}", fails=_AT_SPEEDUPS)


misconception(
    "speedup_inverted",
    says="the speed-up is upside down: the time after over the time before",
    asks="Twice as fast: is that 2 or 0.5?",
    my_conclusions=_speedup('one["median"] / many["median"]'),
)
misconception(
    "predicted_not_measured",
    says="the ratio of the bytes stands where a measured one should",
    asks="What does your table say, whatever theory predicts?",
    my_conclusions=[
        _speedup('many["kv_bytes"] / one["kv_bytes"]'),
        edit(
            '"long_speedup": speedups["long"]',
            '"long_speedup": found["kv_bytes"]',
            fails=_AT_SPEEDUPS,
        ),
    ],
)
misconception(
    "percent_gain",
    says="the speed-up is given as percent faster",
    asks="Twice as fast is 100 % faster. Which of the two was asked for?",
    my_conclusions=_speedup('100 * (many["median"] / one["median"] - 1)'),
)
misconception(
    "difference_of_times",
    says="the difference of the two times is given, not how many times one is the other",
    asks="How many times as long: is that a difference or a ratio?",
    my_conclusions=_speedup('many["median"] - one["median"]'),
)
misconception(
    "compared_with_two_heads",
    says="8 KV heads are compared with 2, not with 1",
    asks="Which rows of your table are MQA?",
    my_conclusions=_speedup('many["median"] / rows[name, 2]["median"]'),
)
misconception(
    "minima_compared",
    says="the fastest samples are compared, not the medians",
    asks="Which number of your row is moved least by one odd call?",
    my_conclusions=_speedup('min(many["samples"]) / min(one["samples"])'),
)
misconception(
    "means_compared",
    says="the means are compared, not the medians",
    asks="Which number of your row is moved least by one slow call?",
    my_conclusions=_speedup('sum(many["samples"]) / sum(one["samples"])'),
)
misconception(
    "overlap_ignored",
    says="every difference counts, also one that is smaller than the spread",
    asks="If you measured again, could the order of the two be the other one?",
    my_conclusions=edit(_APART, 'if many["median"] != one["median"]:', fails=_AT_APART),
)
misconception(
    "none_told_apart",
    says="no difference counts, though some are larger than the spread",
    asks="Which ranges from low to high do not overlap?",
    my_conclusions=edit(_APART, "if False:", fails=_AT_APART),
)
misconception(
    "told_apart_inverted",
    says="those names are listed whose ranges do overlap",
    asks="Two ranges have nothing in common. Are the two measurements told apart, or not?",
    my_conclusions=edit(
        _APART,
        'if not (many["low"] > one["high"] or one["low"] > many["high"]):',
        fails=_AT_APART,
    ),
)
misconception(
    "bound_swapped",
    says="memory and compute have changed places",
    asks="Few FLOPs for each byte: what is waited for?",
    my_conclusions=edit(_BOUND, swap(_BOUND, "<", ">="), fails=_AT_BOUND),
)
misconception(
    "all_memory",
    says="memory is said to decide everywhere",
    asks="How many FLOPs for each byte does a prefill of 384 tokens do?",
    my_conclusions=edit(_BOUND, 'bound[name] = "memory"', fails=_AT_BOUND),
)
misconception(
    "all_compute",
    says="arithmetic is said to decide everywhere, which holds for 1 KV head",
    asks="Which rows are MHA's, and how many FLOPs for each byte does a decode step do there?",
    my_conclusions=[
        edit(_BOUND, 'bound[name] = "compute"', fails=_AT_BOUND),
        edit(_BOUND, swap(_BOUND, "many", "one"), fails=_AT_BOUND),
    ],
)
misconception(
    "bound_by_length",
    says="memory is said to decide where the text is long, and arithmetic where it is short",
    asks="How many FLOPs for each byte are done in either decode step?",
    my_conclusions=edit(
        _BOUND, 'bound[name] = "memory" if name == "long" else "compute"', fails=_AT_BOUND
    ),
)
