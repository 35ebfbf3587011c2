# names: changes_inputs
# Each option is written into the card's own configuration, which is asked and left as it then is.
def choose_kv_heads(cards):
    def wins(card):
        best = None
        for kv_heads, dtype, quality in card["options"]:
            card["config"].update(num_key_value_heads=kv_heads, torch_dtype=dtype)
            room = [card[entry] for entry in ("memory", "weight_bytes", "tokens")]
            users = max_concurrent_sequences(  # noqa: F821
                card["config"], *room, ranks=card["ranks"]
            )
            if quality < card["least_quality"] or users < card["users"]:
                continue
            mine = (quality, -bytes_per_token(card["config"]), (kv_heads, dtype))  # noqa: F821
            best = mine if best is None else max(best, mine)
        return best and best[2]

    return {name: wins(card) for name, card in cards.items()}
