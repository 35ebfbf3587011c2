# mistake: does not pass the number of GPUs on
# why: ranks has a default, so nothing complains
def choose_kv_heads(cards):
    result = {}
    for name, card in cards.items():
        good = []
        for n, dtype, quality in card["options"]:
            config = card["config"] | {
                "num_key_value_heads": n,
                "torch_dtype": dtype,
                "dtype": dtype,
            }
            users = max_concurrent_sequences(
                config, card["memory"], card["weight_bytes"], card["tokens"]
            )
            if quality >= card["least_quality"] and users >= card["users"]:
                good.append((-quality, bytes_per_token(config), n, dtype))
        result[name] = min(good)[2:] if good else None
    return result
