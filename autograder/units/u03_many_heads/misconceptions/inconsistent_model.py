"""Misconceptions of ``inconsistent_model``."""

from autograder.grading.misconceptions import edit, misconception

_MODEL = 'model = "C"'
_TENSOR = 'tensor = "o_proj.bias"'
_SHAPE = 'shape = (CARDS[model]["d_model"],)'
_WHICH = "finds_the_model"
_WHAT = "says_what_is_wrong"


def _chooses(letter, *pieces):
    return edit(_MODEL, f'model = "{letter}"', *pieces, fails=_WHICH)


misconception(
    "width_must_be_d_model",
    says="a model is thought impossible since its heads together are not as wide as d_model",
    asks="Which layer brings the heads back to d_model? From which width can it do so?",
    inconsistent_model=[_chooses("B"), _chooses("E")],
)
misconception(
    "biases_thought_missing",
    says="a model is thought impossible since it has no biases",
    asks="What did you build for bias=False?",
    inconsistent_model=_chooses("A"),
)
misconception(
    "one_head_thought_impossible",
    says="a model is thought impossible since it has a single head",
    asks="What would your loop do with num_heads=1?",
    inconsistent_model=_chooses("D"),
)
misconception(
    "o_proj_thought_transposed",
    says="the weight of o_proj is thought wrong, which is (out, in) like any other",
    asks="nn.Linear(a, b) takes a numbers and gives b. In which order does its weight have them?",
    inconsistent_model=edit(_TENSOR, 'tensor = "o_proj.weight"', fails=_WHAT),
)
misconception(
    "q_proj_thought_wrong",
    says="the projection of a head is thought wrong, which goes from d_model to d_head",
    asks="Is a head's q_proj that of one head, or of all of them side by side?",
    inconsistent_model=[
        edit(_TENSOR, f'tensor = "q_proj.{part}"', fails=_WHAT) for part in ("weight", "bias")
    ],
)
misconception(
    "shape_as_it_stands",
    says="the shape is given as it stands in the table, not as it must be",
    asks="You found the tensor. How long is what comes out of its layer?",
    inconsistent_model=edit(_SHAPE, "shape = CARDS[model][tensor]", fails=_WHAT),
)
misconception(
    "bias_of_one_head",
    says="the bias of o_proj is thought as long as one head is wide",
    asks="o_proj stands behind all heads. How wide is what it delivers?",
    inconsistent_model=edit(_SHAPE, 'shape = (CARDS[model]["d_head"],)', fails=_WHAT),
)
misconception(
    "bias_of_two_axes",
    says="the bias has the right length, but an axis too many, or the shape of a weight",
    asks="How many axes does the bias of an nn.Linear have?",
    inconsistent_model=[
        edit(_SHAPE, f"shape = {shape}", fails=_WHAT)
        for shape in ("(1, 640)", "(640, 1)", "(640, 512)", "(512, 640)")
    ],
)
