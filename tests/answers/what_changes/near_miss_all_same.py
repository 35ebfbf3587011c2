# names:
# Nothing is thought to change anything.
def what_changes():
    return {
        "one head": {"parameters": "same", "cache": "same", "flops": "same", "weights": "same"},
        "GQA": {"parameters": "same", "cache": "same", "flops": "same", "weights": "same"},
        "MQA": {"parameters": "same", "cache": "same", "flops": "same", "weights": "same"},
        "window": {"parameters": "same", "cache": "same", "flops": "same", "weights": "same"},
        "cross": {"parameters": "same", "cache": "same", "flops": "same", "weights": "same"},
        "8 bits": {"parameters": "same", "cache": "same", "flops": "same", "weights": "same"},
        "additive": {"parameters": "same", "cache": "same", "flops": "same", "weights": "same"},
        "wide heads": {"parameters": "same", "cache": "same", "flops": "same", "weights": "same"},
        "long text": {"parameters": "same", "cache": "same", "flops": "same", "weights": "same"},
    }
