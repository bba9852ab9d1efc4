"""Enquiries, quotations, the rules they follow, and requests for quotation."""

from quotations.admin import enquiries, quotations, rfqs, rules

__all__ = ["enquiries", "quotations", "rfqs", "rules"]
