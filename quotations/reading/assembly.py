"""What the rules that put a line together share: tokens, drafts and what waits.

The rules themselves are in `assembler`, `assembly_brands` and `assembly_amounts`.
"""

import re

from .drafts import Draft, LineDrafts
from .quantities import Quantity
from .tokens import Kind, Token

# What stands between a number or a brand and the part it belongs to, and says nothing more.
_NOUNS = """
of brand bearing bearings make brg spherical roller ball deep groove cylindrical tapered taper
angular contact needle thrust self aligning self-aligning adapter adaptor withdrawal sleeve sleeves
housing housings pillow plummer block blocks unit units insert inserts insulated roulement
roulements rodamiento rodamientos rolamento rolamentos cuscinetto cuscinetti lager rulman
подшипник подшипника подшипники matched new genuine original sets set pieces nos type model no
"""
_FILLERS = {*"轴承牌的原装进口品正x深沟球圆柱锥滚子针推力调心角接触", *_NOUNS.split()}
_FOR_ALL = re.compile(
    r"(?:品牌|牌子|BRAND|MAKE|MARCA|MARKE|MARQUE|МАРКА|都要?|全要?|全部要?|均要?|一律|统一)(?:用|是|为|的|要|ONLY"
    r"|原装|进口)*$"
)


class Assembly:
    """The state of one pass over the tokens of a line."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.out = LineDrafts()
        self.drafts = self.out.drafts
        self.segment = self.clause = 0
        self.masked_clause = -1
        amounts = (Kind.QUANTITY, Kind.NUMBER)
        self.last_amount = max((i for i, t in enumerate(tokens) if t.kind in amounts), default=-1)
        self.waiting_counts_word = False
        self.opening: Quantity | None = None  # 6 EA, Bearing, roller; … 22216
        self.each = self.negated = self.alternative = self.range_open = self.corrected = False
        self.waiting: Quantity | None = None
        self.waiting_brands: tuple[str, ...] = ()
        self.headed: dict[int, tuple[str, ...]] = {}  # segment -> the brand that heads it
        self.waiting_suffix = ""
        self.spread: Quantity | None = None  # 28 each of 6309 and 6311

    def _is_for_all(self, index: int) -> bool:
        """`品牌FAG`, `都要SKF`: said of every part before it."""
        before = "".join(token.text for token in self.tokens[max(0, index - 4) : index]).upper()
        return bool(_FOR_ALL.search(before))

    def _is_postposed(self, index: int) -> bool:
        """`NTN的不要`: what is refused stands before."""
        return bool(index) and self.tokens[index - 1].text in ("的", "就", "也", "我")

    def _last_in_segment(self) -> Draft | None:
        last = self.drafts[-1] if self.drafts else None
        return last if last and last.segment == self.segment else None

    def _next_meaningful(self, index: int, *, past_comma: bool = False) -> Token | None:
        for token in self.tokens[index : index + 12]:
            if token.kind == Kind.COMMA and (past_comma or token.text in ("\t", "/", "|")):
                continue
            if token.kind != Kind.WORD or token.text.lower() not in _FILLERS:
                return token
        return None
