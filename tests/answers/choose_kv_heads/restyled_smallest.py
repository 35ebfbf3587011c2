# names: smallest_cache_wins
# What is good enough and fits, sorted by bytes.
def choose_kv_heads(cards):
    answer = {}
    for name, card in cards.items():
        good = []
        for kv_heads, dtype, quality in card["options"]:
            config = {**card["config"], "num_key_value_heads": kv_heads, "torch_dtype": dtype}
            room = max_concurrent_sequences(  # noqa: F821
                config, card["memory"], card["weight_bytes"], card["tokens"], ranks=card["ranks"]
            )
            if quality >= card["least_quality"] and room >= card["users"]:
                good.append((kv_heads, dtype, bytes_per_token(config), quality))  # noqa: F821
        good.sort(key=lambda each: (each[2], -each[3]))
        answer[name] = good[0][:2] if good else None
    return answer
