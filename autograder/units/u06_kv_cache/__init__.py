"""Unit 06: the KV cache."""
