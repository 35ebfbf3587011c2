# names: first_that_will_do
# The search ends with the first.
def choose_kv_heads(cards):
    def first(card):
        for kv_heads, dtype, quality in card["options"]:
            config = {**card["config"], "num_key_value_heads": kv_heads, "torch_dtype": dtype}
            room = max_concurrent_sequences(  # noqa: F821
                config, card["memory"], card["weight_bytes"], card["tokens"], ranks=card["ranks"]
            )
            if quality >= card["least_quality"] and room >= card["users"]:
                return kv_heads, dtype
        return None

    return {name: first(card) for name, card in cards.items()}
