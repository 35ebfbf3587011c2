# names:
# Options sorted by what matters, with stable sorts from the last to the first.
def choose_kv_heads(cards):
    answer = dict.fromkeys(cards)
    for name, card in cards.items():
        machine = [card[each] for each in ("memory", "weight_bytes", "tokens")]

        def file(option, card=card):
            return {**card["config"], "num_key_value_heads": option[0], "torch_dtype": option[1]}

        options = [
            option
            for option in card["options"]
            if option[2] >= card["least_quality"]
            and max_concurrent_sequences(file(option), *machine, 16, card["ranks"]) >= card["users"]  # noqa: F821
        ]
        options.sort(key=lambda option: bytes_per_token(file(option)))  # noqa: B023, F821
        options.sort(key=lambda option: option[2], reverse=True)
        if options:
            answer[name] = tuple(options[0][:2])
    return answer
