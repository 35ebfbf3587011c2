# names:
# Everything is thought to save everything.
def what_changes():
    names = (
        "one head",
        "GQA",
        "MQA",
        "window",
        "cross",
        "8 bits",
        "additive",
        "wide heads",
        "long text",
    )
    table = {
        name: dict.fromkeys(("parameters", "cache", "flops", "weights"), "same") for name in names
    }
    table["one head"]["parameters"] = "less"
    table["one head"]["cache"] = "less"
    table["one head"]["flops"] = "less"
    table["one head"]["weights"] = "less"
    table["GQA"]["parameters"] = "less"
    table["GQA"]["cache"] = "less"
    table["GQA"]["flops"] = "less"
    table["GQA"]["weights"] = "less"
    table["MQA"]["parameters"] = "less"
    table["MQA"]["cache"] = "less"
    table["MQA"]["flops"] = "less"
    table["MQA"]["weights"] = "less"
    table["window"]["parameters"] = "less"
    table["window"]["cache"] = "less"
    table["window"]["flops"] = "less"
    table["window"]["weights"] = "less"
    table["cross"]["parameters"] = "less"
    table["cross"]["cache"] = "less"
    table["cross"]["flops"] = "less"
    table["cross"]["weights"] = "less"
    table["8 bits"]["parameters"] = "less"
    table["8 bits"]["cache"] = "less"
    table["8 bits"]["flops"] = "less"
    table["8 bits"]["weights"] = "less"
    table["additive"]["parameters"] = "less"
    table["additive"]["cache"] = "less"
    table["additive"]["flops"] = "less"
    table["additive"]["weights"] = "less"
    table["wide heads"]["parameters"] = "less"
    table["wide heads"]["cache"] = "less"
    table["wide heads"]["flops"] = "less"
    table["wide heads"]["weights"] = "less"
    table["long text"]["parameters"] = "less"
    table["long text"]["cache"] = "less"
    table["long text"]["flops"] = "less"
    table["long text"]["weights"] = "less"
    return table
