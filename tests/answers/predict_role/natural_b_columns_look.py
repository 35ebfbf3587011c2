# mistake: gives B to spread and F to first
# why: reads a picture by its columns: in B the first token looks at all tokens, in F the first column is the brightest
def predict_role(pictures):
    return {
        "A": "induction",
        "B": "spread",  # one token looks at all of them
        "C": "itself",
        "D": "duplicate",
        "E": "previous",
        "F": "first",
    }
