# mistake: tokens of a document see each other in both directions
# why: the new condition takes the place of the old one
def incident_4():
    def mask(documents):
        return documents[:, None] == documents[None, :]

    return "b", mask
