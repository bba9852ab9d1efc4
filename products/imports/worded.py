"""Kinds whose rows hold words of the hot word list (``products.words``)."""

from imports.diffs import Blockers, Diff
from imports.kinds import Kind
from products import words


class WordedKind(Kind):
    """Moves the list on once per import, and only if a row came or one of the words changed."""

    words_changed = False  # set by ``write``

    def finish(self, diff: Diff) -> None:
        super().finish(diff)
        if self.words_changed:
            words.changed()

    def undo(self, diff: Diff, blockers: Blockers) -> None:
        super().undo(diff, blockers)
        if not self.words_changed:  # once for all chunks
            self.words_changed = True
            words.changed()
