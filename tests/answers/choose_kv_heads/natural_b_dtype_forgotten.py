# mistake: counts all options in the dtype of the model's file
# why: changes the number of KV heads, and takes the dtype for a label
def choose_kv_heads(cards):
    chosen = {}
    for name, card in cards.items():
        best = None
        for kv_heads, dtype, quality in card["options"]:
            config = {**card["config"], "num_key_value_heads": kv_heads}
            fits = max_concurrent_sequences(
                config, card["memory"], card["weight_bytes"], card["tokens"], ranks=card["ranks"]
            )
            if quality < card["least_quality"] or fits < card["users"]:
                continue
            key = (quality, -bytes_per_token(config))
            if best is None or key > best[0]:
                best = (key, (kv_heads, dtype))
        chosen[name] = best[1] if best else None
    return chosen
