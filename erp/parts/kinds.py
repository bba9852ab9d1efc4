"""Which kind of bearing a product is, as far as its section looks different."""

from products.designation import Designation
from products.models import Category

_OF_FAMILY = {
    "deep_groove": "ball",
    "deep_groove_double": "ball_double",
    "insert": "ball",
    "angular": "angular",
    "four_point": "ball",
    "angular_double": "ball_double",
    "self_aligning": "self_aligning",
    "cylindrical": "cylindrical",
    "cylindrical_double": "cylindrical_double",
    "needle": "needle",
    "needle_bare": "needle",
    "drawn_cup": "needle",
    "spherical": "spherical",
    "toroidal": "spherical",
    "tapered": "tapered",
    "tapered_inch": "tapered",
    "thrust_ball": "thrust_ball",
    "thrust_angular": "thrust_ball",
    "thrust_roller": "thrust_roller",
    "thrust_spherical": "thrust_spherical",
    "spherical_plain": "plain",
}
# Words of a category's code and names, the telling ones first.
_WORDS = (
    ("thrust_spherical", ("thrust_spherical", "spherical roller thrust", "推力调心")),
    ("thrust_roller", ("thrust_roller", "roller thrust", "推力滚子", "推力圆柱", "推力滚针")),
    ("thrust_ball", ("thrust", "推力")),
    ("needle", ("needle", "滚针")),
    ("tapered", ("tapered", "taper roller", "圆锥")),
    ("plain", ("spherical_plain", "spherical plain", "rod end", "关节")),
    ("spherical", ("spherical_roller", "spherical roller", "调心滚子")),
    ("self_aligning", ("self_aligning", "self-aligning", "调心球")),
    ("cylindrical_double", ("cylindrical_roller_double", "双列圆柱")),
    ("cylindrical", ("cylindrical", "圆柱滚子")),
    ("ball_double", ("angular_contact_ball_double", "双列角接触", "双列深沟")),
    ("angular", ("angular", "角接触", "screw_support", "丝杠")),
    ("ball", ("ball_bearing", "ball bearing", "deep_groove", "insert", "球轴承", "外球面")),
)
RING = "ring"


def kind_of(said: Designation | None, category: Category | None) -> str:
    """Return the kind by what the designation says, else by the category's words.

    What neither names is drawn as a plain ring.
    """
    if said is not None and said.family in _OF_FAMILY:
        return _OF_FAMILY[said.family]
    if category is not None:
        text = " ".join((category.code, category.name_en, category.name_zh)).casefold()
        for kind, words in _WORDS:
            if any(word in text for word in words):
                return kind
    return RING
