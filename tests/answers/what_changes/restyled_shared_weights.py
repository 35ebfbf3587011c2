# names: sharing_saves_weights
# Heads that share keys are thought to share weights.
def what_changes():
    return {
        "one head": {"parameters": "same", "cache": "same", "flops": "same", "weights": "less"},
        "GQA": {"parameters": "less", "cache": "less", "flops": "same", "weights": "less"},
        "MQA": {"parameters": "less", "cache": "less", "flops": "same", "weights": "less"},
        "window": {"parameters": "same", "cache": "less", "flops": "less", "weights": "less"},
        "cross": {"parameters": "same", "cache": "less", "flops": "less", "weights": "less"},
        "8 bits": {"parameters": "same", "cache": "less", "flops": "same", "weights": "same"},
        "additive": {"parameters": "more", "cache": "same", "flops": "more", "weights": "same"},
        "wide heads": {"parameters": "more", "cache": "more", "flops": "more", "weights": "same"},
        "long text": {"parameters": "same", "cache": "more", "flops": "more", "weights": "more"},
    }
