"""What people read for an action; its code, such as ``order.confirmed``, is what is stored."""

from django.utils.translation import gettext_lazy as _

_VERBS = {
    "accepted": _("accepted"),
    "added": _("added"),
    "allocated": _("allocated"),
    "approved": _("approved"),
    "archived": _("archived"),
    "cancelled": _("cancelled"),
    "changed": _("changed"),
    "closed": _("closed"),
    "confirmed": _("confirmed"),
    "counted": _("counted"),
    "created": _("created"),
    "deleted": _("deleted"),
    "done": _("done"),
    "draft": _("draft"),
    "expired": _("expired"),
    "exported": _("exported"),
    "handed_over": _("handed over"),
    "imported": _("imported"),
    "in_progress": _("in progress"),
    "lost": _("lost"),
    "matching": _("being matched"),
    "merged": _("merged with another"),
    "merged_away": _("merged into another"),
    "new": _("new"),
    "opened": _("stock opened"),
    "ordered": _("ordered"),
    "partly_received": _("partly received"),
    "password_changed": _("password changed"),
    "picked": _("picked"),
    "posted": _("posted"),
    "printed": _("printed"),
    "product_chosen": _("product chosen"),
    "protected_allowed": _("protected items allowed"),
    "protected_asked": _("leave for protected items asked"),
    "protected_quoted": _("protected items quoted"),
    "quoted": _("quoted"),
    "refused": _("refused"),
    "reopened": _("reopened"),
    "reversed": _("reversed"),
    "revised": _("revised"),
    "sent": _("sent"),
    "shipped": _("shipped"),
    "similar_confirmed": _("entered although similar"),
    "submitted": _("submitted"),
    "synced": _("synced"),
    "unarchived": _("taken out of the archive"),
    "won": _("won"),
}


def action_label(action: str) -> str:
    """Return the action in the reader's language; a code without words is shown as it is."""
    return str(_VERBS.get(action.rpartition(".")[2], action))
