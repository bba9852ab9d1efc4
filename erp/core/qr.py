"""QR codes for what is printed: a label or a note that leads back to its page."""


def qr_image(text: str) -> str:
    """Return a QR code of a text as the ``src`` of an image: SVG, a ``data:`` address.

    It fills its image to the edge; the print leaves white around it, four modules wide. Level M,
    so that a scratched label is still read. Raises ValueError for more than a code holds.
    """
    import segno  # noqa: PLC0415 (only prints need it)

    code = segno.make_qr(text, error="m")
    return code.svg_data_uri(border=0, omitsize=True)
