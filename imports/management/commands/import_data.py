import json
import sys
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from erp.core.errors import DomainError
from imports import services
from imports.directories import Outcome, directories
from imports.errors_file import write_error_workbook
from imports.kinds import kinds
from imports.models import Import
from imports.report import as_report, problems_of, report_of_directory

PROBLEMS_SHOWN = 50
_PROGRESS_EVERY = 500
_COUNTS = {
    "rows": "rows",
    "new": "new",
    "changed": "changed",
    "unchanged": "unchanged",
    "duplicates": "duplicates",
    "refused": "refused",
    "not_data": "no data",
}


class Command(BaseCommand):
    help = (
        "Import a spreadsheet (csv, txt, xlsx, xls). Every row is checked first; one refused row"
        " stops the whole import. Kinds, columns and counts: docs/import.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=[*kinds(), *directories()])
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--check", action="store_true", help="Only check, write nothing.")
        parser.add_argument(
            "--errors", type=Path, metavar="OUT.xlsx", help="Write the rows with problems here."
        )
        parser.add_argument(
            "--skip-refused", action="store_true", help="Leave refused rows out, apply the rest."
        )
        parser.add_argument("--source", default="", metavar="NAME", help="Whose file it is.")
        parser.add_argument("--sheet", default="", metavar="NAME", help="Which sheet to read.")
        parser.add_argument("--user", default="", metavar="NAME", help="For whom it is done.")
        parser.add_argument("--json", action="store_true", dest="as_json", help="One JSON object.")

    def handle(self, *, kind: str, file: Path, as_json: bool, **options: Any) -> None:
        by = _person(options["user"])
        if kind in directories():
            self._directory(kind, file, check=options["check"], as_json=as_json, by=by)
            return
        try:
            with file.open("rb"):
                pass
            made = services.create_import(kind, file.name, source=options["source"], by=by)
            of = services.check_import(made.pk, path=file, sheet=options["sheet"], by=by)
        except DomainError as refusal:
            self._unreadable(file, refusal, as_json=as_json)
            return
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}", returncode=2) from error
        if options["errors"]:
            write_error_workbook(of, options["errors"])
        stopped = bool(of.stopping_rows) and not options["skip_refused"]
        if not (options["check"] or stopped):
            of = self._apply(of, skip_refused=options["skip_refused"], by=by)
        self._report(of, as_json=as_json)
        if stopped:
            sys.exit(1)

    def _directory(self, kind: str, path: Path, *, check: bool, as_json: bool, by: Any) -> None:
        if not path.is_dir():
            raise CommandError(f"{path}: not a directory", returncode=2)
        try:
            outcome = directories()[kind](path, check=check, by=by, tell=self._tell)
        except DomainError as refusal:
            self._unreadable(path, refusal, as_json=as_json)
            return
        if as_json:
            self.stdout.write(json.dumps(report_of_directory(outcome), ensure_ascii=False))
        else:
            self._tell_outcome(outcome, written=not (check or outcome.problems))
        if outcome.problems:
            sys.exit(1)

    def _tell(self, name: str, number: int, of: int) -> None:
        if number % _PROGRESS_EVERY == 0 or number == of:
            self.stderr.write(f"{number} of {of}: {name}")

    def _tell_outcome(self, outcome: Outcome, *, written: bool) -> None:
        for problem in outcome.problems[:PROBLEMS_SHOWN]:
            self.stderr.write(
                f"{problem.file} row {problem.row}, {problem.column}: {problem.message}"
                f" [{problem.code}]"
            )
        for name, states in outcome.counts.items():
            counted = ", ".join(f"{number} {state}" for state, number in states.items())
            self.stdout.write(f"{name}: {counted}")
        for name, figure in outcome.totals.items():
            self.stdout.write(f"{name}: {figure}")
        self.stdout.write("written" if written else "nothing written")

    def _apply(self, of: Import, *, skip_refused: bool, by: Any) -> Import:
        try:
            return services.apply_import(of.pk, skip_refused=skip_refused, by=by)
        except DomainError as refusal:
            raise CommandError(f"{of.file_name}: {refusal}") from refusal

    def _unreadable(self, file: Path, refusal: DomainError, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(
                json.dumps({"error": refusal.code, "message": refusal.message}, ensure_ascii=False)
            )
            sys.exit(1)
        raise CommandError(f"{file}: {refusal}") from refusal

    def _report(self, of: Import, *, as_json: bool) -> None:
        if as_json:
            report = as_report(of)
            self.stdout.write(json.dumps(report, ensure_ascii=False))
            return
        for shown, problem in enumerate(problems_of(of)):
            if shown == PROBLEMS_SHOWN:
                break
            self.stderr.write("row {row}, {column}: {message} [{code}]".format(**problem))
        outcome = "written" if of.status == Import.Status.APPLIED else "nothing written"
        counts = ", ".join(f"{of.counts[name]} {word}" for name, word in _COUNTS.items())
        self.stdout.write(f"import {of.pk}: {counts}: {outcome}")


def _person(name: str) -> Any:
    if not name:
        return None
    found = get_user_model()._default_manager.filter(username=name, is_active=True).first()
    if found is None:
        raise CommandError(f"There is no active user {name!r}.", returncode=2)
    return found
