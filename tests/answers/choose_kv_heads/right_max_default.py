# names:
# A comprehension with max and a default; pairs as lists.
def score(card, option):
    kv_heads, dtype, quality = option
    config = dict(card["config"], num_key_value_heads=kv_heads, torch_dtype=dtype)
    room = max_concurrent_sequences(  # noqa: F821
        config, card["memory"], card["weight_bytes"], card["tokens"], ranks=card["ranks"]
    )
    serves = room >= card["users"] and quality >= card["least_quality"]
    return serves, quality, -bytes_per_token(config)  # noqa: F821


def choose_kv_heads(cards):
    def choice(card):
        rated = [(score(card, option), option) for option in card["options"]]
        best = max(rated, key=lambda each: each[0], default=((False,), ()))
        return list(best[1][:2]) if best[0][0] else None

    return {name: choice(card) for name, card in cards.items()}
