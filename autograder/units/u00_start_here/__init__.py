"""Unit 00: the warm-up."""
