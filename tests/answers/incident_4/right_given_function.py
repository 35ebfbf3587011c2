# names:
# The old mask, and one condition more.
def incident_4():
    def mask(documents):
        allowed = mask_4(documents)  # noqa: F821
        allowed[documents.unsqueeze(1) != documents.unsqueeze(0)] = False
        return allowed

    return "b", mask
