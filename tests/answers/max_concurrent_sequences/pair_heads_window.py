# names: heads_not_split, window_ignored
# All KV heads on each GPU, and no window.
def max_concurrent_sequences(config, memory, weight_bytes, tokens, block=16, ranks=1):
    blocks = sum(-(-n // block) for n in tokens)
    total = blocks * block * bytes_per_token(config)  # noqa: F821
    free = memory - (weight_bytes + ranks - 1) // ranks
    return max(free * len(tokens) // total, 0)
