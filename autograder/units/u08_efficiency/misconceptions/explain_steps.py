"""Misconceptions of ``explain_steps``."""

from autograder.grading.misconceptions import edit, misconception

_ORDER = "sorted([first, second])"
_BANDWIDTH = "bandwidth = (more - fewer) / (slow - quick)"
_START = "start = slow - more / bandwidth"
_NEGATIVE = "if start < 0:"
_SHARED = "shared = start + more / group_size / bandwidth"
_GIVEN = '"bandwidth": bandwidth'
_FROM = '"memory_from": start * bandwidth'
_GAIN = '"gain": slow / shared'
_AT_BANDWIDTH, _AT_START = "explains_bandwidth", "explains_start"
_AT_BOUND, _AT_GAIN = "explains_bound", "explains_gain"
_REFUSES = "refuses_contradictions"


def _start(new):
    return edit(_START, f"start = {new}", fails=_AT_START)


def _bound(new):
    return edit(_FROM, f'"memory_from": {new}', fails=_AT_BOUND)


def _gain(new):
    return edit(_GAIN, f'"gain": {new}', fails=_AT_GAIN)


misconception(
    "start_counted_as_reading",
    says="the bandwidth is bytes over seconds of one step, so its start counts as reading",
    asks="How long would a step take that reads nothing?",
    explain_steps=[
        edit(_BANDWIDTH, "bandwidth = more / slow", fails=_AT_BANDWIDTH),
        edit(_BANDWIDTH, "bandwidth = fewer / quick", fails=_AT_BANDWIDTH),
        edit(
            _BANDWIDTH,
            "bandwidth = more / slow",
            _START,
            "start = quick - fewer / bandwidth",
            fails=_AT_BANDWIDTH,
        ),
        edit(
            _BANDWIDTH,
            "bandwidth = fewer / quick",
            _START,
            "start = quick - fewer / bandwidth",
            fails=_AT_BANDWIDTH,
        ),
        edit(_BANDWIDTH, "bandwidth = fewer / quick", _NEGATIVE, "if False:", fails=_AT_BANDWIDTH),
        edit(_GIVEN, '"bandwidth": more / slow', fails=_AT_BANDWIDTH),
        edit(_GIVEN, '"bandwidth": fewer / quick', fails=_AT_BANDWIDTH),
        edit(_BANDWIDTH, "bandwidth = (fewer / quick + more / slow) / 2", fails=_AT_BANDWIDTH),
    ],
)
misconception(
    "seconds_per_byte",
    says="the bandwidth is upside down: seconds for a byte",
    asks="Bytes per second: which difference goes on top?",
    explain_steps=[
        edit(_GIVEN, '"bandwidth": 1 / bandwidth', fails=_AT_BANDWIDTH),
        edit(_BANDWIDTH, "bandwidth = (slow - quick) / (more - fewer)", fails=_AT_BANDWIDTH),
        edit(
            _GIVEN,
            '"bandwidth": 1 / bandwidth',
            _FROM,
            '"memory_from": start / bandwidth',
            fails=_AT_BANDWIDTH,
        ),
    ],
)
misconception(
    "small_step_is_start",
    says="the step that reads less is taken to be the start, though it reads as well",
    asks="How many seconds of the smaller step are reading?",
    explain_steps=[_start("quick")],
)
misconception(
    "reading_for_start",
    says="the seconds of reading stand where the start should",
    asks="A step is start and reading. Which of the two did you compute?",
    explain_steps=[_start("more / bandwidth"), _start("fewer / bandwidth")],
)
misconception(
    "difference_is_start",
    says="the difference of the two times is taken to be the start",
    asks="The start is in both steps. What is it in their difference?",
    explain_steps=_start("slow - quick"),
)
misconception(
    "start_over_bandwidth",
    says="the start is divided by the bandwidth, not multiplied",
    asks="Reading at 5 bytes a second for 10 seconds: how many bytes?",
    explain_steps=_bound("start / bandwidth"),
)
misconception(
    "bound_in_seconds",
    says="memory_from is given in seconds, not in bytes",
    asks="How many bytes are read in that time?",
    explain_steps=_bound("start"),
)
misconception(
    "bound_at_whole_step",
    says="memory_from compares reading with twice the start, or with a whole step",
    asks="Half of a step is start. What is the other half, and how long does it take?",
    explain_steps=[
        _bound("2 * start * bandwidth"),
        _bound("slow * bandwidth"),
        _bound("quick * bandwidth"),
    ],
)
misconception(
    "start_shrinks_too",
    says="the whole step is thought to shrink with the KV heads, the start as well",
    asks="Does a call start sooner if it has fewer keys to read?",
    explain_steps=[
        _gain("float(group_size)"),
        _gain("slow / (slow / group_size)"),
    ],
)
misconception(
    "gain_without_start",
    says="the new time is that of reading alone, without the start",
    asks="Does the step with fewer KV heads start for nothing?",
    explain_steps=edit(_SHARED, "shared = more / group_size / bandwidth", fails=_AT_GAIN),
)
misconception(
    "start_shared_by_the_group",
    says="the start is divided by group_size, and the reading stays",
    asks="What do query heads that share a KV head save: starting, or reading?",
    explain_steps=edit(_SHARED, "shared = start / group_size + more / bandwidth", fails=_AT_GAIN),
)
misconception(
    "group_reads_more",
    says="group_size is multiplied with the bytes, so sharing makes a step slower",
    asks="Four query heads share one KV head. Are there more keys to read, or fewer?",
    explain_steps=edit(_SHARED, "shared = start + more * group_size / bandwidth", fails=_AT_GAIN),
)
misconception(
    "gain_of_smaller_step",
    says="the gain is that of the step that reads less",
    asks="Which of the two steps does the task ask about?",
    explain_steps=_gain("quick / (start + fewer / group_size / bandwidth)"),
)
misconception(
    "gain_upside_down",
    says="the gain is upside down: the time after over the time before",
    asks="Twice as fast: is that 2 or 0.5?",
    explain_steps=_gain("shared / slow"),
)
misconception(
    "gain_as_difference",
    says="the gain is the seconds that are saved, not how many times as fast it is",
    asks="How many times as fast: is that a difference or a ratio?",
    explain_steps=[_gain("slow - shared"), _gain("(slow - shared) / slow")],
)
misconception(
    "order_taken_for_granted",
    says="the first step is taken to be the smaller one",
    asks="What does your code do if the step that reads more comes first?",
    explain_steps=edit(_ORDER, "[first, second]", fails="explains_either_order"),
)
misconception(
    "contradiction_passes",
    says="two steps that contradict each other are explained all the same",
    asks="What would a start below 0 mean? And more bytes in less time?",
    explain_steps=[
        edit("if slow <= quick:", "if slow == quick:", fails=_REFUSES),
        edit(_NEGATIVE, "if False:", fails=_REFUSES),
        edit("if slow <= quick:", "if slow == quick:", _NEGATIVE, "if False:", fails=_REFUSES),
        edit("if slow <= quick:", "if False:", _NEGATIVE, "if False:", fails=_REFUSES),
    ],
)
misconception(
    "divided_before_refused",
    says="the division comes before equal times are refused",
    asks="What do you divide by if both steps take as long?",
    explain_steps=edit("if slow <= quick:", "if slow < quick:", fails=_REFUSES),
)
misconception(
    "contradiction_given_zero",
    says="a start below 0 is turned into 0, which hides that the two steps do not fit",
    asks="What does the task ask for if the start comes out below 0?",
    explain_steps=edit(
        _START,
        "start = max(0.0, slow - more / bandwidth)",
        fails=_REFUSES,
    ),
)
misconception(
    "no_start_refused",
    says="a start of exactly 0 is refused",
    asks="Which starts does the task call a contradiction: those below 0, or 0 as well?",
    explain_steps=edit(_NEGATIVE, "if start <= 0:", fails=_REFUSES),
)
