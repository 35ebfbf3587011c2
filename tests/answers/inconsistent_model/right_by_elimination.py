# names:
# Each layer's weight says how long its bias is; a class keeps what was found.
class Finding:
    def __init__(self):
        self.model = self.tensor = self.shape = None

    def look(self, letter, row):
        for layer in ("q_proj", "o_proj"):
            out = row[layer + ".weight"][0]
            if row["bias"] and row[layer + ".bias"] != (out,):
                self.model, self.tensor, self.shape = letter, layer + ".bias", (out,)


def inconsistent_model():
    finding = Finding()
    for letter in "ABCDE":
        finding.look(letter, CARDS[letter])  # noqa: F821
    return vars(finding)
