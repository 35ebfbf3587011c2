# names: ranks_not_passed_on
# The number of ranks is left at its default.
def choose_kv_heads(cards):
    answer = {}
    for name, card in cards.items():
        good = []
        for kv_heads, dtype, quality in card["options"]:
            config = {**card["config"], "num_key_value_heads": kv_heads, "torch_dtype": dtype}
            room = max_concurrent_sequences(  # noqa: F821
                config, card["memory"], card["weight_bytes"], card["tokens"]
            )
            if quality >= card["least_quality"] and room >= card["users"]:
                good.append((quality, -bytes_per_token(config), kv_heads, dtype))  # noqa: F821
        answer[name] = max(good)[2:] if good else None
    return answer
