# names: fewer_bits_fewer_products, a_weight_for_each_number
# 8 bits save FLOPs, wide heads have more weights.
def what_changes():
    return {
        "one head": {"parameters": "same", "cache": "same", "flops": "same", "weights": "less"},
        "GQA": {"parameters": "less", "cache": "less", "flops": "same", "weights": "same"},
        "MQA": {"parameters": "less", "cache": "less", "flops": "same", "weights": "same"},
        "window": {"parameters": "same", "cache": "less", "flops": "less", "weights": "less"},
        "cross": {"parameters": "same", "cache": "less", "flops": "less", "weights": "less"},
        "8 bits": {"parameters": "same", "cache": "less", "flops": "less", "weights": "same"},
        "additive": {"parameters": "more", "cache": "same", "flops": "more", "weights": "same"},
        "wide heads": {"parameters": "more", "cache": "more", "flops": "more", "weights": "more"},
        "long text": {"parameters": "same", "cache": "more", "flops": "more", "weights": "more"},
    }
