"""Unit 02: masks."""
