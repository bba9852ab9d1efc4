"""The back office's pages of the catalogue."""

from products.admin import catalogue, interchange, prices, protected, words

__all__ = ["catalogue", "interchange", "prices", "protected", "words"]
