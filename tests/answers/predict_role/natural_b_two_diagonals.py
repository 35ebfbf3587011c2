# mistake: takes the line beside the main diagonal for the main one, and the other way round
# why: looks at two bright diagonals and does not count which of them starts at the corner
def predict_role(pictures):
    return {
        "A": "induction",
        "B": "first",
        "C": "previous",
        "D": "duplicate",
        "E": "itself",
        "F": "spread",
    }
