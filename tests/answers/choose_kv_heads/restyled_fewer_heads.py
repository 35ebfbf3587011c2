# names: ties_by_heads
# Ties go to fewer KV heads.
def choose_kv_heads(cards):
    answer = {}
    for name, card in cards.items():
        best = None
        for kv_heads, dtype, quality in card["options"]:
            config = {**card["config"], "num_key_value_heads": kv_heads, "torch_dtype": dtype}
            room = max_concurrent_sequences(  # noqa: F821
                config, card["memory"], card["weight_bytes"], card["tokens"], ranks=card["ranks"]
            )
            if quality < card["least_quality"] or room < card["users"]:
                continue
            if best is None or quality > best[2] or (quality == best[2] and kv_heads < best[0]):
                best = (kv_heads, dtype, quality)
        answer[name] = best and best[:2]
    return answer
