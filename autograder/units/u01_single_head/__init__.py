"""Unit 01: a single head."""
