"""Rights over employees and roles."""

ROLES = {
    "administrator": [
        "accounts.view_user",
        "accounts.add_user",
        "accounts.change_user",
        "accounts.hand_over_user",
        "accounts.view_department",
        "accounts.add_department",
        "accounts.change_department",
        "accounts.delete_department",
        "accounts.view_apiclient",
        "accounts.add_apiclient",
        "accounts.change_apiclient",
        "auth.view_group",
    ],
    "manager": [
        "accounts.view_user",
        "accounts.view_department",
        "accounts.hand_over_user",
        "accounts.view_apiclient",
        "accounts.add_apiclient",
        "accounts.change_apiclient",
    ],
}
