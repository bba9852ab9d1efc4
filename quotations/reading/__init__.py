"""Reading of customers' enquiries: from pasted text or a file to lines with parts and quantities.

Pure Python: no Django, no database. Which product a line means is decided by the caller.
"""

from .brands import BrandNames
from .files import UnreadableFile, text_of_file
from .reader import read_enquiry
from .result import ReadLine, Reading

__all__ = ["BrandNames", "ReadLine", "Reading", "UnreadableFile", "read_enquiry", "text_of_file"]
