# names: wrong_reason
# Mended; a missing trim to 0 is blamed.
def incident_6():
    class Trimmed(Cache6):  # noqa: F821
        def trim(self, length):
            self.length = length
            self.keys, self.values = self.keys[:, :length], self.values[:, :length]

    return "b", Trimmed
