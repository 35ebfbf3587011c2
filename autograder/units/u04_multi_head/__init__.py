"""Unit 04: multi-head attention."""
