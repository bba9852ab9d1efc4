from urllib.parse import unquote

import pytest

from erp.core.qr import qr_image


def test_a_code_is_an_image_of_its_own_that_fills_its_edge() -> None:
    image = qr_image("https://erp.example.com/stock/bins/12/")

    assert image.startswith("data:image/svg+xml")
    assert "viewBox='0 0 29 29'" in unquote(image)


def test_other_texts_give_other_codes() -> None:
    assert qr_image("bin 1") != qr_image("bin 2")


def test_more_than_a_code_holds_is_refused() -> None:
    with pytest.raises(ValueError, match="data"):
        qr_image("x" * 5000)
