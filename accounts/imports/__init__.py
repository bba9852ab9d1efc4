"""The kind of import of employees; contract: ``imports.kinds``."""

from accounts.imports.employees import EmployeeKind
from imports.kinds import register


def register_kinds() -> None:
    register(EmployeeKind)
