"""Who may read the operation log. Nobody may write it by hand."""

ROLES = {
    "administrator": ["audit.view_auditentry"],
    "manager": ["audit.view_auditentry"],
}
