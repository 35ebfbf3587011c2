# mistake: takes the first option that fits and is good enough
# why: the options of the cards shown are sorted by quality
def choose_kv_heads(cards):
    def pick(card):
        for kv_heads, dtype, quality in card["options"]:
            config = dict(card["config"])
            config["num_key_value_heads"] = kv_heads
            config["torch_dtype"] = dtype
            config.pop("dtype", None)
            n = max_concurrent_sequences(
                config,
                card["memory"],
                card["weight_bytes"],
                card["tokens"],
                ranks=card["ranks"],
            )
            if n >= card["users"] and quality >= card["least_quality"]:
                return kv_heads, dtype
        return None

    return {name: pick(card) for name, card in cards.items()}
