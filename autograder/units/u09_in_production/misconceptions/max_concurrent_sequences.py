"""Misconceptions of ``max_concurrent_sequences``."""

from autograder.grading.misconceptions import edit, misconception
from autograder.grading.pieces import swap
from autograder.units.shared.misconceptions.wrappers import returns

_HERE = "kv_heads_here = max(1, kv_heads // ranks)"
_LAYER = "in_one_layer = bytes_per_token(config) // layers // kv_heads * kv_heads_here"
_KEPT = 'kept = min(length, config["sliding_window"])'
_SLIDING = 'if kind == "sliding_attention":'
_BLOCKS = "blocks = -(-kept // block)"
_TAKEN = "total += blocks * block * in_one_layer"
_FREE = "free = memory - -(-weight_bytes // ranks)"
_RETURN = "return max(0, free * len(tokens) // total)"
_LEFT, _AVERAGE, _WHOLE = "divides_what_is_left", "takes_the_average", "hands_out_blocks"
_RANKS, _WINDOW, _NONE = "splits_among_ranks", "keeps_the_window", "says_none"

misconception(
    "weights_forgotten",
    says="the whole memory is given to the cache, and none to the weights",
    asks="Where do the weights of the model lie while it serves?",
    max_concurrent_sequences=edit(_FREE, "free = memory", fails=_LEFT),
)
misconception(
    "below_nothing",
    says="the answer is below 0 where the weights do not fit",
    asks="How many users does a server have that cannot load its model?",
    max_concurrent_sequences=edit(_RETURN, "return free * len(tokens) // total", fails=_NONE),
)
misconception(
    "one_sequence_at_least",
    says="the answer is at least 1, whether or not a sequence fits",
    asks="What if not even one average sequence fits?",
    max_concurrent_sequences=edit(_RETURN, swap(_RETURN, "0", "1"), fails=_NONE),
)
misconception(
    "rounded_up",
    says="a sequence that fits only in part is counted",
    asks="Room for 2.9 sequences: how many can be served?",
    max_concurrent_sequences=[
        edit(_RETURN, f"return max(0, {how})", fails=_LEFT)
        for how in ("-(-free * len(tokens) // total)", "round(free * len(tokens) / total)")
    ],
)
misconception(
    "sample_served_as_a_whole",
    says="the memory is divided by what the whole sample takes, not by its average",
    asks="Two sequences in the sample: if both fit once, how many sequences is that?",
    max_concurrent_sequences=edit(_RETURN, "return max(0, free // total)", fails=_AVERAGE),
)
misconception(
    "whole_samples_only",
    says="the memory is divided before it is multiplied, so only whole samples are counted",
    asks="Room for two and a half samples of four sequences: how many sequences?",
    max_concurrent_sequences=edit(
        _RETURN, "return max(0, free // total * len(tokens))", fails=_AVERAGE
    ),
)
misconception(
    "average_rounded_first",
    says="the average size is rounded to whole bytes before the division, or is a float",
    asks="Can you multiply first, and divide once?",
    max_concurrent_sequences=[
        edit(_RETURN, f"return max(0, {how})", fails=_AVERAGE)
        for how in (
            "int(free * len(tokens) / total)",
            "int(free / (total / len(tokens)))",
            "free // (total // len(tokens))",
        )
    ],
)
misconception(
    "average_in_whole_blocks",
    says="the average is rounded down to whole blocks, so a sequence too many seems to fit",
    asks="Two sequences take 3 blocks together. How many does one take on average?",
    max_concurrent_sequences=edit(
        _RETURN,
        "size = block * in_one_layer\nreturn max(0, free // (total // size // len(tokens) * size))",
        fails=_AVERAGE,
    ),
)
misconception(
    "longest_for_average",
    says="every sequence is counted as long as the longest of the sample",
    asks="The task asks for the average size. How many of the sequences are as long as that?",
    max_concurrent_sequences=edit(
        "for length in tokens:", "for length in [max(tokens)] * len(tokens):", fails=_AVERAGE
    ),
)
misconception(
    "average_length_in_blocks",
    says="the average length is rounded up to blocks, not each sequence",
    asks="Two sequences, of 1 and of 31 tokens: how many blocks of 16 do they hold?",
    max_concurrent_sequences=[
        edit(
            "for length in tokens:",
            f"for length in [{mean}] * len(tokens):",
            fails=_WHOLE,
        )
        for mean in ("-(-sum(tokens) // len(tokens))", "sum(tokens) // len(tokens)")
    ],
)
misconception(
    "blocks_forgotten",
    says="tokens are counted, not whole blocks",
    asks="A block of 16 holds one token. Can another sequence use the rest of it?",
    max_concurrent_sequences=edit(_TAKEN, "total += kept * in_one_layer", fails=_WHOLE),
)
misconception(
    "blocks_rounded_down",
    says="a block that is not full is not counted",
    asks="17 tokens in blocks of 16: where is the last one?",
    max_concurrent_sequences=edit(_BLOCKS, "blocks = kept // block", fails=_WHOLE),
)
misconception(
    "a_block_too_many",
    says="there is a block more than needed where the last one is just full",
    asks="16 tokens in blocks of 16: how many blocks?",
    max_concurrent_sequences=edit(_BLOCKS, "blocks = kept // block + 1", fails=_LEFT),
)
misconception(
    "blocks_for_tokens",
    says="blocks are counted as if each were one token",
    asks="How many tokens does a block have room for?",
    max_concurrent_sequences=edit(_TAKEN, "total += blocks * in_one_layer", fails=_LEFT),
)
misconception(
    "one_layer_for_all",
    says="one layer is counted as if it were the model, or the model as if it were a layer",
    asks="bytes_per_token speaks of all layers. Of which does your loop speak?",
    max_concurrent_sequences=[
        edit(_LAYER, swap(_LAYER, " // layers", ""), fails=_LEFT),
        edit(_LAYER, swap(_LAYER, " // layers", " // layers // layers"), fails=_LEFT),
    ],
)
misconception(
    "fewer_than_one_head",
    says="a GPU is thought to hold less than one KV head, or none",
    asks="4 KV heads on 8 GPUs: which half of a head would a GPU leave out?",
    max_concurrent_sequences=[
        edit(
            _HERE,
            "kv_heads_here = kv_heads / ranks",
            _RETURN,
            "return max(0, int(free * len(tokens) // total))",
            fails=_RANKS,
        ),
    ],
)
misconception(
    "gpus_taken_for_one",
    says="all GPUs are counted as one large one, where a copy of a head would take no room",
    asks="1 KV head on 8 GPUs: how many times is it stored?",
    max_concurrent_sequences=edit(
        _HERE,
        "kv_heads_here = kv_heads",
        _FREE,
        "free = memory * ranks - weight_bytes",
        fails=_RANKS,
    ),
)
misconception(
    "heads_not_split",
    says="each GPU is thought to hold all KV heads",
    asks="Which query heads does a GPU compute? Whose keys does it need for that?",
    max_concurrent_sequences=edit(_HERE, "kv_heads_here = kv_heads", fails=_RANKS),
)
misconception(
    "weights_not_split",
    says="each GPU is thought to hold all weights",
    asks="What is split among the ranks beside the heads?",
    max_concurrent_sequences=edit(_FREE, "free = memory - weight_bytes", fails=_RANKS),
)
misconception(
    "memory_of_one_gpu_for_all",
    says="all weights and all heads are put on one GPU: the ranks are not used",
    asks="With twice as many GPUs, does more fit?",
    max_concurrent_sequences=edit(
        _HERE, "kv_heads_here = kv_heads", _FREE, "free = memory - weight_bytes", fails=_RANKS
    ),
)
misconception(
    "ranks_serve_one_each",
    says="what fits on one GPU is multiplied by the ranks, as if each served users of its own",
    asks="Every sequence needs all heads. On how many of the GPUs does it take room?",
    max_concurrent_sequences=edit(
        _RETURN, "return max(0, free * len(tokens) // total) * ranks", fails=_RANKS
    ),
)
misconception(
    "query_heads_split",
    says="the KV heads of a GPU are counted from the query heads",
    asks="Which heads have keys? How many of them does a GPU hold?",
    max_concurrent_sequences=edit(_HERE, "kv_heads_here = max(1, heads // ranks)", fails=_LEFT),
)
misconception(
    "window_ignored",
    says="layers with a window are counted as if they kept everything",
    asks="What becomes of a token that has left the window of such a layer?",
    max_concurrent_sequences=edit(_KEPT, "kept = length", fails=_WINDOW),
)
misconception(
    "window_in_all_layers",
    says="all layers are counted with the window, whatever kind they are",
    asks="Which layers does layer_types name?",
    max_concurrent_sequences=edit(_SLIDING, 'if config.get("sliding_window"):', fails=_WINDOW),
)
misconception(
    "window_kept_by_short_texts",
    says="a layer with a window is counted with the whole window for short texts as well",
    asks="A text of 64 tokens, a window of 160: how many keys are there?",
    max_concurrent_sequences=edit(_KEPT, 'kept = config["sliding_window"]', fails=_WINDOW),
)
misconception(
    "kinds_swapped",
    says="the window is applied to the layers with full attention",
    asks="Which of the two kinds of layers forgets?",
    max_concurrent_sequences=edit(
        _SLIDING, swap(_SLIDING, '"sliding_attention"', '"full_attention"'), fails=_WINDOW
    ),
)
misconception(
    "window_not_in_blocks",
    says="the window is not rounded up to whole blocks",
    asks="A window of 100 tokens, blocks of 16: how many blocks does a layer hold?",
    max_concurrent_sequences=edit(
        _TAKEN,
        "total += (kept if kept < length else blocks * block) * in_one_layer",
        fails=_WINDOW,
    ),
)
misconception("float_result", max_concurrent_sequences=returns("output * 1.0", _LEFT))
