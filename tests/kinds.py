"""A kind of import everybody may use: it reads names and writes nothing."""

from collections.abc import Sequence
from typing import ClassVar

from imports.diffs import Diff
from imports.kinds import UNCHANGED, Column, Kind, Row, register
from imports.parsing import text


class NameKind(Kind):
    name = "names"
    label = "Names"
    rights = ()
    naming = "name"
    columns: ClassVar = (Column("name", "name", text(40), required=True, missing="required"),)

    def check(self, rows: Sequence[Row]) -> None:
        for row in rows:
            row.key = row.values.get("name", "")

    def compare(self, rows: Sequence[Row], *, lock: bool) -> None:
        for row in rows:
            row.state = UNCHANGED

    def write(self, rows: Sequence[Row], diff: Diff) -> None:
        pass


register(NameKind)
