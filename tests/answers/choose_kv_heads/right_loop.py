# names:
# One loop that remembers the best so far.
import copy


def choose_kv_heads(cards):
    result = {}
    for name in cards:
        card = copy.deepcopy(cards[name])
        best, best_quality, best_bytes = None, None, None
        for kv_heads, dtype, quality in card["options"]:
            if quality < card["least_quality"]:
                continue
            config = card["config"]
            config["num_key_value_heads"] = kv_heads
            config["torch_dtype"] = dtype
            size = bytes_per_token(config)  # noqa: F821
            room = max_concurrent_sequences(  # noqa: F821
                config=config,
                memory=card["memory"],
                weight_bytes=card["weight_bytes"],
                tokens=card["tokens"],
                ranks=card["ranks"],
            )
            if room < card["users"]:
                continue
            better = best is None or quality > best_quality
            if better or (quality == best_quality and size < best_bytes):
                best, best_quality, best_bytes = (kv_heads, dtype), quality, size
        result[name] = best
    return result
