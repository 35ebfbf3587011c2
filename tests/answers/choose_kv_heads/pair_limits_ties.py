# names: limits_are_left_out, ties_by_heads
# Limits themselves are out, ties go to fewer heads.
def choose_kv_heads(cards):
    answer = {}
    for name, card in cards.items():
        good = []
        for kv_heads, dtype, quality in card["options"]:
            config = {**card["config"], "num_key_value_heads": kv_heads, "torch_dtype": dtype}
            room = max_concurrent_sequences(  # noqa: F821
                config, card["memory"], card["weight_bytes"], card["tokens"], ranks=card["ranks"]
            )
            if quality > card["least_quality"] and room > card["users"]:
                good.append((-quality, kv_heads, dtype))
        answer[name] = min(good)[1:] if good else None
    return answer
