"""What a buying document says about prices is what goods cost."""

BUYING_TOTALS = ("show_net", "show_tax", "show_gross", "show_exchange_rate")
BUYING_AMOUNTS = (
    "show_price",
    "price_includes_tax",
    "show_rate",
    "show_net",
    "show_tax",
    "show_gross",
)
