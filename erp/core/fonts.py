"""Which installed font prints Chinese, asked of fontconfig, which is what WeasyPrint asks."""

import shutil
import subprocess

# The first one installed is used. 文泉驿正黑 is the one Debian packages small.
PREFERRED = ("WenQuanYi Zen Hei", "Noto Sans CJK SC", "Source Han Sans SC")
# It claims ℃ and draws nothing.
_LACKING = "WenQuanYi Micro Hei"
# What our documents need beside Chinese: ℃ Ω ± ≤ ￥ 型
_PATTERN = ":lang=zh-cn:charset=2103 3a9 b1 2264 ffe5 578b"


def chinese_font() -> str | None:
    """Return the family to print Chinese with, or None when no installed font can.

    Asked anew each time (10 ms), so that a font installed now is used without a restart.
    """
    program = shutil.which("fc-list")
    if program is None:
        return None
    listing = subprocess.run(  # noqa: S603 (our own pattern)
        [program, "--format", "%{family}\n", _PATTERN],
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=30,
    )
    # A line holds one font's names in several languages.
    installed = [line.split(",") for line in listing.stdout.splitlines()]
    families = {name for names in installed for name in names if _LACKING not in names[0]}
    for name in PREFERRED:
        if name in families:
            return name
    return min(families, default=None)
