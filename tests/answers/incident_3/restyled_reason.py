# names: wrong_reason
# Mended; short texts are blamed.
def incident_3():
    return "a", lambda mask: (mask.cumsum(dim=-1) - mask.long()).clamp(min=0)
