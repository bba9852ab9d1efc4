"""Enquiries, quotations and the rules they follow."""

from quotations.admin import enquiries, quotations, rules

__all__ = ["enquiries", "quotations", "rules"]
