# names:
# The given class with another trim.
def incident_6():
    class Trimmed(Cache6):  # noqa: F821
        def trim(self, length):
            super().trim(length)
            self.keys, self.values = (each[:, :length] for each in (self.keys, self.values))

    return ("a", Trimmed)
