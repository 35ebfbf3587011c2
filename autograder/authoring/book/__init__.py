"""The book: a site of lessons, exercises and guides, made offline by Sphinx from what is here."""

from .site import write

__all__ = ["write"]
