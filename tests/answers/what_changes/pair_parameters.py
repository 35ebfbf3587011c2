# names: sharing_keeps_the_projections, parameters_grow_with_the_text
# Shared keys have projections of their own, and a long text more of them.
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
    table["one head"]["weights"] = "less"
    table["GQA"]["cache"] = "less"
    table["MQA"]["cache"] = "less"
    table["window"]["cache"] = "less"
    table["window"]["flops"] = "less"
    table["window"]["weights"] = "less"
    table["cross"]["cache"] = "less"
    table["cross"]["flops"] = "less"
    table["cross"]["weights"] = "less"
    table["8 bits"]["cache"] = "less"
    table["additive"]["parameters"] = "more"
    table["additive"]["flops"] = "more"
    table["wide heads"]["parameters"] = "more"
    table["wide heads"]["cache"] = "more"
    table["wide heads"]["flops"] = "more"
    table["long text"]["parameters"] = "more"
    table["long text"]["cache"] = "more"
    table["long text"]["flops"] = "more"
    table["long text"]["weights"] = "more"
    return table
