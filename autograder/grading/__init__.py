"""Checks, misconceptions and the diagnosis of an answer by its values."""
