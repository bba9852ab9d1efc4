"""Two tabs over one record: what is put together, and what is told."""

from typing import Any

import pytest
from django.utils.translation import override

from erp.core.meanwhile import Meanwhile, merge_fields, merge_rows, sealed, unsealed

LABELS = {"quantity": "quantity", "price": "price"}


def _row(line: str, quantity: str, price: str = "1") -> dict[str, str]:
    return {"line": line, "quantity": quantity, "price": price}


def _merged(seen: list[Any], mine: list[Any], theirs: list[Any]) -> Any:
    with override("en"):
        return merge_rows(seen, mine, theirs, labels=LABELS, name=lambda row: f"#{row['line']}")


@pytest.mark.parametrize(
    ("mine", "theirs", "merged", "told"),
    [
        ("1", "1", "1", []),
        ("2", "1", "2", []),  # only I changed it
        ("1", "3", "3", [Meanwhile("quantity", "1", "3")]),  # only they did
        ("2", "3", "2", [Meanwhile("quantity", "1", "3", "2")]),  # both: mine stands, both told
        ("3", "3", "3", [Meanwhile("quantity", "1", "3")]),  # both alike
    ],
)
def test_what_i_left_alone_becomes_theirs_and_what_i_changed_stays(
    mine: str, theirs: str, merged: str, told: list[Meanwhile]
) -> None:
    fields, changes = merge_fields(
        {"quantity": "1"}, {"quantity": mine}, {"quantity": theirs}, labels={"quantity": "quantity"}
    )
    assert (fields, changes) == ({"quantity": merged}, told)


def test_rows_are_put_together_in_my_order_with_theirs_behind() -> None:
    seen = [_row("1", "1"), _row("2", "1")]
    mine = [_row("2", "5"), _row("", "9"), _row("1", "1")]
    theirs = [_row("1", "1", "7"), _row("2", "1"), _row("3", "4")]

    rows, told = _merged(seen, mine, theirs)

    assert rows == [_row("2", "5"), _row("", "9"), _row("1", "1", "7"), _row("3", "4")]
    assert told == [Meanwhile("#1: price", "1", "7"), Meanwhile("#3", "", "added")]


def test_a_row_one_side_removed_is_gone_unless_the_other_changed_it() -> None:
    seen = [_row(key, "1") for key in "1234"]
    mine = [_row("1", "1"), _row("2", "8")]  # 3 and 4 removed
    theirs = [_row("3", "1"), _row("4", "6")]  # 1 and 2 removed

    rows, told = _merged(seen, mine, theirs)

    assert rows == [_row("", "8"), _row("4", "6")]
    assert told == [
        Meanwhile("#1", "", "removed"),
        Meanwhile("#2", "", "removed", "changed, kept"),
        Meanwhile("#4", "", "changed", "removed, shown again"),
    ]


def test_what_the_page_showed_comes_back_as_it_was() -> None:
    assert unsealed(sealed({"notes": "报价"}, [_row("1", "2")])) == (
        {"notes": "报价"},
        [_row("1", "2")],
    )


@pytest.mark.parametrize(
    "text",
    ["", "x", "[]", "{}", '{"fields": 1, "rows": 2}', '{"fields": {}, "rows": [1]}', "9" * 9],
)
def test_a_text_no_page_of_ours_sealed_says_nothing(text: str) -> None:
    assert unsealed(text) == ({}, [])
