"""The back office's pages of the catalogue."""

from products.admin import catalogue, categories, interchange, prices, protected, words

__all__ = ["catalogue", "categories", "interchange", "prices", "protected", "words"]
