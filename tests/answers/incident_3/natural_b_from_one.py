# mistake: the first real token gets position 1
# why: cumsum counts the token itself
def incident_3():
    def positions(mask):
        return mask.long().cumsum(dim=1)

    return "c", positions
