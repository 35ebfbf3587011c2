# names: quality_not_demanded
# The best of what fits, good or not.
def choose_kv_heads(cards):
    answer = {}
    for name, card in cards.items():
        best = None
        for kv_heads, dtype, quality in card["options"]:
            config = {**card["config"], "num_key_value_heads": kv_heads, "torch_dtype": dtype}
            room = max_concurrent_sequences(  # noqa: F821
                config, card["memory"], card["weight_bytes"], card["tokens"], ranks=card["ranks"]
            )
            key = (quality, -bytes_per_token(config))  # noqa: F821
            if room >= card["users"] and (best is None or key > best[0]):
                best = (key, (kv_heads, dtype))
        answer[name] = None if best is None else best[1]
    return answer
