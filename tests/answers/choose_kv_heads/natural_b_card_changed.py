# mistake: writes the option into the card's own config, which all cards share
# why: config looks like a variable of the loop
def choose_kv_heads(cards):
    result = {}
    for name, card in cards.items():
        config = card["config"]
        result[name] = None
        best = (-1, 0)
        for kv_heads, dtype, quality in card["options"]:
            config["num_key_value_heads"] = kv_heads
            config["torch_dtype"] = dtype
            if quality < card["least_quality"]:
                continue
            fits = max_concurrent_sequences(
                config,
                card["memory"],
                card["weight_bytes"],
                card["tokens"],
                ranks=card["ranks"],
            )
            if fits >= card["users"] and (quality, -bytes_per_token(config)) > best:
                best = (quality, -bytes_per_token(config))
                result[name] = (kv_heads, dtype)
    return result
