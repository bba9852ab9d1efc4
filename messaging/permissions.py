"""Everybody reads what was sent to him."""

_OWN = ["messaging.view_notification"]
ROLES = dict.fromkeys(
    ("administrator", "manager", "sales", "purchaser", "storekeeper", "accountant"), _OWN
)
