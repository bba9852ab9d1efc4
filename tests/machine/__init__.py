"""A random trader against a plain model of his stock and orders."""
