"""Misconceptions of ``what_changes``."""

import json

from autograder.grading.misconceptions import edit, misconception

_ROWS = {
    "GQA": ("less", "less", "same", "same"),
    "MQA": ("less", "less", "same", "same"),
    "window": ("same", "less", "less", "less"),
    "cross": ("same", "less", "less", "less"),
    "8 bits": ("same", "less", "same", "same"),
    "additive": ("more", "same", "more", "same"),
    "wide heads": ("more", "more", "more", "same"),
    "long text": ("same", "more", "more", "more"),
}
_COLUMNS = ("parameters", "cache", "flops", "weights")


def _source(name, row):
    return f"({', '.join(map(json.dumps, (name, *row)))})"


def _says(column, word, *names):
    """Of the named changes the column is said to be something else."""
    at = _COLUMNS.index(column)
    texts = []
    for name in names:
        row = _ROWS[name]
        texts += [_source(name, row), _source(name, (*row[:at], word, *row[at + 1 :]))]
    return edit(*texts, fails=f"{column}_of_changes")


misconception(
    "sharing_halves_the_compute",
    says="sharing KV heads is thought to save FLOPs",
    asks="Six query heads share one KV head. How many dot products are there with each key?",
    what_changes=[
        _says("flops", "less", "GQA", "MQA"),
        _says("flops", "less", "GQA"),
        _says("flops", "less", "MQA"),
    ],
)
misconception(
    "sharing_saves_weights",
    says="sharing KV heads is thought to leave fewer attention weights",
    asks="Do query heads that share a key also share what they think of it?",
    what_changes=[
        _says("weights", "less", "GQA", "MQA"),
        _says("weights", "less", "GQA"),
        _says("weights", "less", "MQA"),
    ],
)
misconception(
    "sharing_keeps_the_projections",
    says="sharing KV heads is thought to leave the parameters as they are",
    asks="How many rows has k_proj with 32 KV heads, and with 8?",
    what_changes=[
        _says("parameters", "same", "GQA", "MQA"),
        _says("parameters", "same", "GQA"),
        _says("parameters", "same", "MQA"),
    ],
)
misconception(
    "window_keeps_everything",
    says="the window is thought to hide old tokens and to keep their keys and values",
    asks="The task says what becomes of older tokens. What is left in the cache?",
    what_changes=_says("cache", "same", "window"),
)
misconception(
    "window_is_only_a_mask",
    says="the window is thought to change what is seen and not what is computed",
    asks="A new token meets the keys in its window. How many are there to multiply, and to weigh?",
    what_changes=[
        _says("flops", "same", "window"),
        _says("weights", "same", "window"),
    ],
)
misconception(
    "document_grows_with_the_text",
    says="attending to a document is thought to cost as much as attending to the text",
    asks="How many keys does the document have when the text has 4096 tokens, or 8192?",
    what_changes=[
        _says("cache", "same", "cross"),
        _says("cache", "more", "cross"),
        _says("flops", "same", "cross"),
        _says("flops", "more", "cross"),
        _says("weights", "same", "cross"),
        _says("weights", "more", "cross"),
    ],
)
misconception(
    "cross_needs_more_projections",
    says="attending to a document is thought to need further projections",
    asks="Self-attention has q_proj, k_proj, v_proj and o_proj. Which further one would this need?",
    what_changes=_says("parameters", "more", "cross"),
)
misconception(
    "fewer_bits_fewer_products",
    says="fewer bits for a value are thought to be fewer products",
    asks="How many numbers does a key in 8 bits have?",
    what_changes=_says("flops", "less", "8 bits"),
)
misconception(
    "cache_in_8_bits_is_a_small_model",
    says="a cache in 8 bits is thought to make the weights of the model fewer",
    asks="Are keys and values parameters?",
    what_changes=_says("parameters", "less", "8 bits"),
)
misconception(
    "network_without_weights",
    says="the network that computes a score is thought to have no weights",
    asks="Who learns w?",
    what_changes=_says("parameters", "same", "additive"),
)
misconception(
    "tanh_for_nothing",
    says="additive scores are thought to take no more FLOPs than dot products, or fewer",
    asks="For one query and one key: how many operations are q @ k, and w @ tanh(q + k)?",
    what_changes=[
        _says("flops", "same", "additive"),
        _says("flops", "less", "additive"),
    ],
)
misconception(
    "additive_keeps_more",
    says="additive scores are thought to change what is kept of a token",
    asks="w is the same for all tokens. What of a single token must be there for the next query?",
    what_changes=_says("cache", "more", "additive"),
)
misconception(
    "a_weight_for_each_number",
    says="wider heads are thought to have more attention weights",
    asks="A key has 256 numbers. How many weights does it get from one query?",
    what_changes=_says("weights", "more", "wide heads"),
)
misconception(
    "width_is_free",
    says="wider heads are thought to leave parameters, cache or FLOPs as they are",
    asks="d_model stays at 4096. What is the shape of q_proj with 32 heads of 256?",
    what_changes=[
        _says("parameters", "same", "wide heads"),
        _says("cache", "same", "wide heads"),
        _says("flops", "same", "wide heads"),
    ],
)
misconception(
    "parameters_grow_with_the_text",
    says="a longer text is thought to need more parameters",
    asks="Does a model have to be trained anew for a longer text?",
    what_changes=_says("parameters", "more", "long text"),
)
misconception(
    "new_token_costs_the_same",
    says="a new token is thought to cost the same after any text",
    asks="How many keys does the new token meet after 4096 tokens, and how many after 8192?",
    what_changes=[
        _says("flops", "same", "long text"),
        _says("weights", "same", "long text"),
        _says("cache", "same", "long text"),
    ],
)
