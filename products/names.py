"""The key a product's name is found by."""

from erp.core.pinyin import initials

NAME_KEY_LENGTH = 80


def name_key(name: str) -> str:
    """Return ``SGQZC`` for 深沟球轴承; where a name begins another, so do the keys."""
    return initials(name)[:NAME_KEY_LENGTH]
