# names:
# Among options within a point of the best, the smallest cache.
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
                good.append((quality, bytes_per_token(config), (kv_heads, dtype)))  # noqa: F821
        top = max(good)[0] if good else 0
        near = [each[1:] for each in good if each[0] >= top - 1.0]
        answer[name] = min(near)[1] if near else None
    return answer
