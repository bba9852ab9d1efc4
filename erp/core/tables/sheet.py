"""What every reader hands out: sheets of rows of cells."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class SheetRow(NamedTuple):
    """A row as the file counts it: 1 is the first row of a sheet, the first record of a text."""

    number: int
    cells: Sequence[str]


@dataclass(frozen=True)
class Sheet(ABC):
    """``hidden`` holds the numbers of rows a person looking at the sheet does not see."""

    name: str
    hidden: frozenset[int]

    @abstractmethod
    def rows(self) -> Iterator[SheetRow]:
        """Yield every row in order, blank ones included; may be called again."""

    @abstractmethod
    def count(self) -> int:
        """Return roughly how many rows there are, for a progress bar."""
