"""Enquiries and quotations over HTTP."""

from quotations.api.documents import router as quotations
from quotations.api.enquiries import router as enquiries

__all__ = ["enquiries", "quotations"]
