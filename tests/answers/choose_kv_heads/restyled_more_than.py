# names: limits_are_left_out
# Only more than the limits is good.
def choose_kv_heads(cards):
    answer = {}
    for name, card in cards.items():
        best = None
        for kv_heads, dtype, quality in card["options"]:
            config = {**card["config"], "num_key_value_heads": kv_heads, "torch_dtype": dtype}
            room = max_concurrent_sequences(  # noqa: F821
                config, card["memory"], card["weight_bytes"], card["tokens"], ranks=card["ranks"]
            )
            if quality <= card["least_quality"] or room <= card["users"]:
                continue
            key = (quality, -bytes_per_token(config))  # noqa: F821
            if best is None or key > best[0]:
                best = (key, (kv_heads, dtype))
        answer[name] = None if best is None else best[1]
    return answer
