# names:
# Exact fractions from the standard library, layers counted by kind.
from fractions import Fraction
from math import ceil, floor


def max_concurrent_sequences(config, memory, weight_bytes, tokens, block=16, ranks=1):
    kv = config.get("num_key_value_heads") or config["num_attention_heads"]
    token = Fraction(bytes_per_token(config), config["num_hidden_layers"])  # noqa: F821
    token *= Fraction(max(1, kv // ranks), kv)
    sliding = (config.get("layer_types") or []).count("sliding_attention")
    full = config["num_hidden_layers"] - sliding
    sizes = []
    for length in tokens:
        kept = full * ceil(Fraction(length, block))
        if sliding:
            kept += sliding * ceil(Fraction(min(length, config["sliding_window"]), block))
        sizes.append(kept * block * token)
    room = memory - ceil(Fraction(weight_bytes, ranks))
    return max(0, floor(room / (sum(sizes) / len(sizes))))
