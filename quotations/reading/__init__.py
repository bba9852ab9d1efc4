"""Reading of customers' enquiries: from pasted text or a file to lines with parts and quantities.

Pure Python: no Django, no database. Which product a line means is decided by the caller.
"""

from erp.core.uploads import UnreadableFile

from .brands import BrandNames
from .files import text_of_file
from .reader import read_enquiry
from .result import Reading, ReadLine

__all__ = ["BrandNames", "ReadLine", "Reading", "UnreadableFile", "read_enquiry", "text_of_file"]
