# names: dtype_of_the_card
# The option's dtype never gets into the configuration.
def choose_kv_heads(cards):
    answer = {}
    for name, card in cards.items():
        good = []
        for kv_heads, dtype, quality in card["options"]:
            config = dict(card["config"])
            config["num_key_value_heads"] = kv_heads
            room = max_concurrent_sequences(  # noqa: F821
                config, card["memory"], card["weight_bytes"], card["tokens"], ranks=card["ranks"]
            )
            if quality >= card["least_quality"] and room >= card["users"]:
                good.append((-quality, bytes_per_token(config), kv_heads, dtype))  # noqa: F821
        answer[name] = min(good)[2:] if good else None
    return answer
