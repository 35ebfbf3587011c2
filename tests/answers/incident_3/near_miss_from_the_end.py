# names:
# Counted from the end of the text.
def incident_3():
    def positions(mask):
        return mask.long().flip(-1).cumsum(-1).flip(-1) - mask.long()

    return "c", positions
