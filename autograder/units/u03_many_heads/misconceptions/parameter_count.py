"""Misconceptions of ``parameter_count``."""

from autograder.grading.misconceptions import edit, misconception
from autograder.units.shared.misconceptions.wrappers import returns

_WEIGHTS = "weights = 3 * d_model * width + width * d_model"
_BIASES = "biases = 3 * width + d_model"
_SUM = "return weights + biases if bias else weights"
_COUNTS = "counts_weights_and_biases"


def _count(*pieces, fails=_COUNTS):
    return edit(*pieces, fails=fails)


misconception(
    "o_proj_forgotten",
    says="the output projection is forgotten",
    asks="Which layer brings the heads back to d_model, and what does it hold?",
    parameter_count=[
        _count(" + width * d_model", ""),
        _count(" + width * d_model", "", _BIASES, "biases = 3 * width"),
    ],
)
misconception(
    "o_proj_bias_forgotten",
    says="the bias of the output projection is forgotten",
    asks="How many layers have a bias?",
    parameter_count=_count(_BIASES, "biases = 3 * width"),
)
misconception(
    "biases_forgotten",
    says="the biases are forgotten",
    asks="What does a layer with bias=True hold besides its weight?",
    parameter_count=_count(_SUM, "return weights"),
)
misconception(
    "bias_always", parameter_count=_count(_SUM, "return weights + biases", fails="counts_no_biases")
)
misconception(
    "heads_forgotten",
    says="one head is counted, not num_heads of them",
    asks="How wide are the queries of all heads together?",
    parameter_count=[
        _count("width = num_heads * d_head", "width = d_head"),
        _count("+ width * d_model", "+ d_head * d_model"),
        _count("3 * d_model * width", "3 * d_model * d_head", "3 * width", "3 * d_head"),
        _count("3 * width", "3 * d_head"),
        _count("3 * d_model * width", "3 * d_model * d_head"),
        _count("3 * d_model * width", "d_model * (width + 2 * d_head)"),
        _count(
            "3 * d_model * width",
            "d_model * (width + 2 * d_head)",
            "3 * width",
            "(width + 2 * d_head)",
        ),
    ],
)
misconception(
    "heads_counted_twice",
    says="the number of heads is multiplied in twice",
    asks="Does the width that you multiply by hold all heads already?",
    parameter_count=[
        _count("width = num_heads * d_head", "width = num_heads * num_heads * d_head"),
        _count(_SUM, "return num_heads * (weights + biases if bias else weights)"),
        _count("weights = 3", "weights = num_heads * 3"),
    ],
)
misconception(
    "nothing_without_bias",
    says="without biases the weights are not counted either",
    asks="Where does the `if` of your sum begin, and where does it end?",
    parameter_count=[
        _count(_SUM, "return weights + biases if bias else 0", fails="counts_no_biases"),
        _count(_SUM, "return biases if bias else weights"),
    ],
)
misconception(
    "bias_the_other_way",
    says="the biases are counted where there are none, and left out where there are some",
    asks="Which of the two numbers belongs to bias=True?",
    parameter_count=_count(_SUM, "return weights if bias else weights + biases"),
)
misconception(
    "biases_of_d_model",
    says="every bias is counted as long as d_model",
    asks="A bias is as long as the output of its layer. How wide are the queries of all heads?",
    parameter_count=[
        _count(_BIASES, "biases = 4 * d_model"),
        _count(_BIASES, "biases = (3 * num_heads + 1) * d_model"),
    ],
)
misconception(
    "bias_of_one_number",
    says="a bias is counted as one number for each layer, or for all of them",
    asks="How many numbers does the bias of nn.Linear(12, 5) hold?",
    parameter_count=[
        _count(_BIASES, f"biases = {number}") for number in ("1", "4", "3 * num_heads + 1")
    ],
)
misconception(
    "o_proj_of_d_head",
    says="the output projection is counted as d_head by d_head, for one head or for each",
    asks="What goes into the output projection, and what comes out?",
    parameter_count=[
        _count("+ width * d_model", "+ d_head * d_head"),
        _count("+ width * d_model", "+ num_heads * d_head * d_head"),
    ],
)
misconception(
    "o_proj_bias_of_heads_width",
    says="the bias of o_proj is counted as wide as the heads; it is as wide as the model",
    asks="A bias is as long as the output of its layer. How wide is the output of o_proj?",
    parameter_count=_count(_BIASES, "biases = 4 * width"),
)
misconception(
    "o_proj_per_head",
    says="the output projection is counted once for each head",
    asks="How many output projections are there?",
    parameter_count=[
        _count(_BIASES, "biases = 3 * width + num_heads * d_model"),
        _count("+ width * d_model", "+ num_heads * width * d_model"),
        _count(
            "+ width * d_model", "+ num_heads * width * d_model",
            _BIASES, "biases = 3 * width + num_heads * d_model",
        ),
    ],
)  # fmt: skip
misconception(
    "d_model_squared",
    says="every matrix is counted as d_model times d_model, whatever d_head is",
    asks="How wide are the queries when d_head is not d_model // num_heads?",
    parameter_count=[
        _count("width = num_heads * d_head", "width = d_model"),
        _count(_WEIGHTS, "weights = 4 * d_model * d_model"),
        _count("width = num_heads * d_head", "width = d_model // num_heads * num_heads"),
        _count("+ width * d_model", "+ d_model * d_model"),
    ],
)
misconception(
    "qkv_counted_once",
    says="one projection is counted for queries, keys and values together",
    asks="How many matrices does one head have before its attention?",
    parameter_count=[
        _count("3 * d_model * width", "d_model * width", "3 * width +", "width +"),
        _count("3 * d_model * width", "d_model * width"),
    ],
)
misconception(
    "float_result",
    says="the count is a float, not an int",
    asks="Which of your operators makes a float out of whole numbers?",
    parameter_count=returns("output / 1", _COUNTS),
)
