# names: not_mended
# Somebody made sure that the length is a number.
def incident_6():
    class Trimmed(Cache6):  # noqa: F821
        def trim(self, length):
            self.length = int(length)

    return "a", Trimmed
