"""Enquiries, quotations and requests to suppliers over HTTP."""

from quotations.api import copies  # noqa: F401 (adds its operation to the router)
from quotations.api.documents import router as quotations
from quotations.api.enquiries import router as enquiries
from quotations.api.rfq_routes import router as rfqs

__all__ = ["enquiries", "quotations", "rfqs"]
