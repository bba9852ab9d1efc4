"""The kind of import of employees; contract: ``imports.kinds``."""

from accounts.imports.employees import EmployeeKind, first_role
from imports.exports import register_export
from imports.kinds import register


def register_kinds() -> None:
    register(EmployeeKind)
    register_export(
        "employees",
        "accounts.user",
        {
            "username": "username",
            "display_name": "display_name",
            "employee_number": "employee_number",
            "department": "department.name",
            "title": "title",
            "role": first_role,
            "mobile": "mobile",
            "email": "email",
        },
        lambda rows: rows.prefetch_related("groups"),
    )
