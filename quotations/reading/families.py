"""What the basic part of a part number looks like, family by family.

Data for `designation`: prefixes with the digits that follow them, and the series of rolling
bearings written in digits only. All patterns are for capitals. `Strength` says how much other
evidence (a quantity, a brand, a word such as bearing) a find needs before it is believed.
"""

import re
from enum import IntEnum


class Strength(IntEnum):
    """How sure a basic number is by its form alone."""

    WEAK = 0  # letters and digits that fit no family: needs a brand or a quantity with a unit
    BARE = 1  # digits that fit a series: could as well be a house number
    SURE = 2  # a prefix and digits of one family, or a series with a suffix


# Prefixes (longest first within a row) and what follows them. {S} is an optional blank or hyphen.
_SURE_FAMILIES: tuple[tuple[str, str], ...] = (
    # cylindrical roller, angle ring, four-point contact
    (
        "NNUP|NNU|NUP|NUB|NUH|NJG|NJP|NCF|NNCF|NNCL|NNC|NNF|RNU|RNUP|RNJ|RNN|RN|NN|NU|NJ|NF|NH|NP|NCL",
        r"{S}(?:\d{{2,3}}/\d{{2,4}}|\d{{3,4}}|5\d{{3}})",
    ),
    ("N|NUJ", r"{S}(?:2|3|4|10|22|23)\d{{2}}"),
    ("SL", r"{S}(?:\d{{6}}|\d{{2}}[ -]?\d{{4}})"),
    ("HJ|QJF?", r"{S}\d{{3,4}}"),
    # needle roller; K, IR and LR name their size
    (
        (
            "HKS?|BK|HMK|NKXR?|NKI[SAB]?|NKJS?|NKS|NK|RNAO?|RNAF|RNA[FV]W?|NAOI?|NA[FVX]|NA|TAFI?|TLA"
            "|HFL?"
        ),
        r"{S}\d{{1,4}}(?:/\d{{1,3}}(?!\d)|[X*]\d{{1,3}}[X*]\d{{1,3}})?",
    ),
    ("K|IR|LR|KBK|KZK|SCE|NAO|RNAO|HK|BK", r"{S}\d{{1,3}}[X*]\d{{1,3}}[X*]\d{{1,3}}(?:\.\d)?"),
    ("AXK|AXW|AXZ|WS|GS|AS|LS|SCE|BA|BHA?|BCH|RLM|FNTA?|NTB|TP[IK]?", r"-?\d{{3,6}}"),
    # screw support, crossed roller, slewing
    (
        "ZARN|ZARF|ZKLN|ZKLFA?|ZKLDF|ZKLR|ZAXFM|YRTS?|RTC|XSU|CRBHV?|CRBF?V?|SHG|CSG|DRG",
        r"{S}\d{{2,6}}",
    ),
    ("RB|RU|RE|RA|XR|SX|VSU|VLU|VLA|VSA|VSI", r"\d{{4,6}}"),
    (
        "F?BSA|F?BSD|BS|BSDU|BSQU?|BTM|BTW|BEA[MS]|BSB|BST|BSN|BSPB|BSF",
        r"{S}\d{{2,6}}(?:/\d{{2,3}})?",
    ),
    ("VEX|SEB|SEA|VEB|VE|EX|VX|SNFA", r"{S}\d{{1,3}}(?:/[A-Z0-9]+)*"),
    # spherical plain, rod ends
    (
        (
            "GE(?:G|C|H|Z|K|M|EM|AW|BJ)?S?|SIKB|SAKB|SAZJ|SIL|SAL|SIR|SI|SA|SILKAC|SALKAC|SIKAC|SAKAC|"
            "PHSA?|POS[AB]?|NHS|GI[RHK]?R?|GA[RK]?R?|GIHNRK|TSM|TSF|SQZ?|LHSA?|COM|SBB"
        ),
        r"{S}\d{{1,3}}",
    ),
    # inserts, housed units, plummer blocks
    (
        (
            "S?UC[PTFAH]?[LCABTHXP]?[LXE]?|SUC[PF]L?|UC|UK[PFT]?[LCAH]?|UC?X|UK|UB[PF]?L?"
            "|UE[LRP]?[PF]?L?|UG|"
            "S[AB]P?F?L?|SB(?:PF?L?|PFL|F|FL|PP)|BP?F?L?|K[PF]L?|KH|UCECH|UCHA|MUC[PF]?L?|NAP[KF]?L?"
            "|HC[PF]?L?"
        ),
        r"{S}X?[0-3]\d{{2}}",
    ),
    ("UCX|UKX|UC[PFT]L?X|UCFC?X", r"{S}\d{{2}}"),
    ("K[PF]L?", r"0\d{{1,2}}"),
    (
        (
            "SYN[TW]|SY[JMKFHRECW]?|FYN[TW]|FYRP|FYTBK?|FYT[JM]?|FY[JKCRMW]?K?|TUJ?|PF[DT]?|P2B|F4B"
            "|YA[RTJ]|"
            "YEL|YET|YSA|YH[CB]|RASEYF?|RASEA?|RAS[LR]?|RCJTZ?Y?|RCJY?|RCJO|RMEO?Y?|GYE|GRAE|GRA|GAY"
            "|GLE|GE|"
            "R?TUEY?|RA[LT]?E?Y?|PASE?Y?|PCJT?Y?|PCF|PME|TASE|TUE"
        ),
        r"{S}\d{{1,3}}",
    ),
    (
        "SNLD|SNL|SNH|SNV|SNG|SNK|SNU|SNA|SN|SSNLD|SSN|SAF|SDG?|SDN|SONL|SE|SBD|FNL|SNF|SNX",
        r"{S}\d{{2,5}}(?:[-/]\d{{3,4}})?",
    ),
    # sleeves, nuts, washers
    ("OHX?|HE|HA|HS|H", r"{S}\d{{3,4}}(?:/\d{{2,4}})?"),
    ("H|OH|AH", r"{S}\d{{2}}/\d{{3,4}}"),
    ("AOHX?|AHX?", r"{S}\d{{2,5}}(?:/\d{{2,4}})?"),
    ("KMTA?|KML|KMFE|KMK|KMD|KMM|KM|HMVE?|HML|MBLL?|MB|YSF|YSK|ZMA?|ZMV|HMZ|HMT", r"{S}\d{{1,3}}"),
    ("HM", r"{S}\d{{2,4}}[TE]?(?![0-9])"),
    ("A[NW]L?|MS|GUK|GUP", r"\d{{2,4}}"),
    # tapered
    ("HR|4T-?|ET-?|E|TR|ST|CR|HTF|KE|HI-?CAP |ECO-?|T", r"{S}3[0-3]\d{{3}}"),
    ("T", r"\d[A-Z]{{2}}{S}\d{{2,3}}"),
    ("HH|HM|LM|LL|EE|JLM|JHM|JHH|JM|JL|JH|JW|JP|JF|JLL|JHL|TL|KLM|KHM|HI", r"\d{{5,6}}"),
    # precision
    (
        "HCB|HCS|HC|HSS|HS|XCB|XCS|XC|BNC|BNT|HTA|HAR|BAR|BER|RS|B|BS|E|SB|S|ACB|VCM?|HX|KH",
        r"{S}7(?:0|1[89]|2)\d{{2}}",
    ),
    ("HTA|HSE|BNS|HSB|HSF|BST|2LA-|5S-", r"[A-Z]{{0,3}}\d{{3,4}}"),
    # cam followers, linear
    (
        (
            "KRVE?|KRE?|NUTR|NUKRE?|NAT[VR]|NAST|NA?RT|NURT|PWTR|PWKRE?|R?STO|CF[EHKST]?|MCFR?|L?FR"
            "|LRB?|ZL"
        ),
        r"{S}\d{{1,4}}(?:[-./]\d{{1,2}})?",
    ),
    (
        "LM[EFKHB]?[FKHL]?|LB[ERC]R?|KB|KH|LMEF|LMEK|SDM|SMA?|ST|SW|LF",
        (
            r"{S}\d{{1,3}}(?=L?UU"
            r"|AJ|OP|L|-PP| ?PP|GA)"
        ),
    ),
    ("LM[FKHE][LPKH]?|LBBR|LBCR|SBR|TBR|SCS|SCJ|SHF|SMA", r"{S}\d{{1,3}}"),
    (
        (
            "HG[HWL]|EG[HWR]|HGR|MG[NW]R?|RG[HW]R?|Q[EH][HWR]|CG[HW]|WE[HW]|SHS|SSR|HSR|SRS|RSR|HRW"
            "|GSR|NRS?|"
            "MSA|MSB|LA[HNS]|LWL|BRH|TRH|TRS|KWVE|KWSE|TKVD|LGB|SVR|SHW|HRC|LSH|LWE|MX"
        ),
        r"{S}\d{{1,2}}[A-Z]{{0,4}}\d?[A-Z]{{0,4}}",
    ),
    # miniature and special
    (
        "S?S?MRF?|S?MFR?|SMR|WML?|FL|FR|SFR?|F|S|SS|W|WBB1-|D/W|RMS|RLS|UL|B[BT]1-",
        r"{S}(?:[67]\d{{2}}|[1-9]\d{{1,2}})(?=-?(?:2?ZZ?|2?RS|DD|/|$| |[A-Z]))",
    ),
    ("MR|SMR", r"\d{{2,3}}"),
    # ball screws and their supports
    ("SFU[RLK]?|SFN[UI]|SFS[RI]?|SFK[R]?|SFI|SFE|DFU[R]?|DFS|BNFN?|BIF", r"{S}\d{{4,5}}(?:-\d)?"),
    ("[BF][KF]|E[KF]", r"\d{{2}}"),
    ("FR|R|SR", r"\d{{1,2}}[A-Z]?(?=-?(?:2?ZZ?|2?RS))"),
    (
        "DAC|VK[A-Z]{{1,3}}|BAHB?|BTH-?|HUB|BAQ|DU|BA2B|BB1B?|BT1B?|BT2B?|BT4B?|BC1B?|BC2B?|BS2B?|BAH-|F-",
        r"{S}\d{{4,10}}(?:\.\d{{1,3}})?",
    ),
    ("CSK|GFK?|NSS|NFS|ASNU|UKC|EWC|FCB?|RCB?|CKA|NF", r"{S}\d{{1,4}}"),
    ("LG(?:[A-Z]{{2}}|[A-Z]\\d)", r"{S}\d{{1,2}}(?:/\d{{1,3}}(?:\.\d+)?)?"),
    ("LG(?:MT|EP|HP|LT|WA|GB|EM|EV|WM|FP|ET|ED|HB|HQ)", r"(?:{S}\d)?/\d{{1,3}}(?:\.\d+)?"),
    ("E2\\.", r"\d{{3,5}}"),
    (
        "ICOS-|WBB1-|6AC-|TM-|TMB|EC-|AC-|AB-|NR-|TM|BL|W|SS|S|HSS?|SF|HXHV|Z|BB|E|EC|HC|XC|MM|M|SC|F",
        (
            r"{S}(?:6[0-4]\d{{2}}|6[0-4]/\d{{2,3}}|16[01]\d{{2}}|6[123][789]\d{{2}}"
            r"|6[1-3][89]/\d{{1,4}})"
        ),
    ),
    ("BS2-|WS|PLC|BT2-|TQO|F-|TU|RBL|HRB", r"{S}(?:2[234][0-4]\d{{2}})"),
    ("S|W|EC|SS", r"{S}(?:12|13|22|23|32|33)\d{{2}}"),
)

_MAKER_FORMS = (
    # housed units for inch shafts: FYRP 2 7/16, SYR 1-15/16
    (
        r"(?:SYR|SYE|FYRP|FYR|FYE|TUR?|SYH|FYH?|PR[BC]|SRB|CP[BS]|P2B|F4B|FB|FC|SAF|P|UCP|UCF)"
        r"[ -]?\d[ -]\d{1,2}/(?:2|4|8|16)"
    ),
    r"TSN[ACD]? ?\d{3}(?: ?[ACGLS])?(?![A-Z0-9])",  # seals of plummer blocks
    r"FRB ?\d{1,2}(?:\.\d{1,2})?/\d{2,3}",  # locating rings
    r"(?:SYNT|FYNT)[ -]?\d{2,3}(?: ?(?:F|L|FTF|FTS|LTF|LTS|FW|LW))?",
    # NSK and NTN number first: 80BNR10, 30TAC62B, 150RIJ; SKF inch; clutch 50RCT3301
    (
        r"\d{2,3}(?:BNR|BER|TAC|BGR|BAR|BTR|HNR|TAB|TM|KWH?|BWD|BD|BVV?|TNK|UZS?|TKD|BWK|TMK|SCRN"
        r"|NTF|BTV|TKB"
        r"|RCT|UZ|TAF|BCS|DAC|BX|BZ|JRF)-?\d{1,5}"
    ),
    r"\d{4}(?:UZ|BTN)\d?",
    # roller chains: 08B-1, 16A-2
    r"(?:0[3-9]|1[026]|2[048]|32|40|48)[AB]-[1-3]H?(?![A-Z0-9])",
    # inch ball bearings: 1641-2RS, 1614ZZ
    r"16[0-5]\d(?=-?(?:2?RS|ZZ?|2Z|DC)(?![A-Z0-9]))",
    # cone and cup of inch tapered bearings with prefix letters: LM48548/LM48510, HM212049/10
    (
        r"J?(?:LM|HM|HH|LL|EE|JLM|JHM|JL|JM|RM|XC|L|M|H|T|P|W|F)\d{2,6}[A-Z]{0,3}\s?[/-]\s?J?(?:LM|HM|HH|LL|JLM"
        r"|JHM|JL|JM|L|M|H|T)?"
        r"\d{2,6}[A-Z]{0,3}"
    ),
)
_BARE_FORMS = (
    r"\d{3,5}[A-Z]{0,2}(?= (?:CONE|CUP)S?(?![A-Z]))",
    # inch tapered bearings written in digits: 102949/10, 25580/25520, 387A/382A; single L44649
    r"(?:[LMH]\d{5,6}|J\d{4,5})[A-Z]{0,3}",
    r"(?:A|X|J|K|NP|NA)\d{4,6}[A-Z]?/(?:A|Y|J|K|NP)?\d{4,6}[A-Z]?(?![\d/])",
    r"(?!(?:19|20)\d\d/)(?:\d{6}|\d{5}|[3-9]\d{3}|[2-9]\d{2}A?S?)[A-Z]?/\d{2,6}[A-Z]?(?![\d/])",
)

# Series in digits; the bore code follows. Sorted by number of digits of the whole.
_SERIES: tuple[tuple[str, str], ...] = (
    ("60|70", r"[0-9]\d"),
    ("62|63|72|73", r"(?:[0-5]\d|6[0-4])"),
    ("67|68|69", r"[0-4]\d"),
    ("64|74|42|43|12|13|14|22|23|32|33|52|53|54", r"[0-3]\d"),
    (
        "160|161|617|618|619|622|623|624|625|626|628|629|630|633|638|639|718|719|708|709|728",
        r"\d\d",
    ),
    ("511|512|513|514|522|523|524|532|533|534|542|543|544|562|112|113|202|203|204", r"\d\d"),
    ("302|303|313|320|322|323|329|330|331|332", r"\d\d"),
    ("213|222|223|230|231|232|233|238|239|240|241|248|249|292|293|294", r"\d\d"),
    ("811|812|874|893|894|895|708|709", r"\d\d"),
    ("2344|2347|7602|7603", r"\d\d\d?"),
    # old Chinese numbers: two digits of type and ribs before the series
    ("50|60|80|150|160|180|36|46|66|136|146|176|236|246|266|32|42|92|102|152", r"[1-4]\d\d"),
    ("75|76|78|82|83|84|81|35|36", r"[0-4]\d"),
    (
        (
            "35|36|53|113|153|3003|3053|4053|3113|4024|2007|2077|2097|3182|3282|4162|4382|1000|7000"
            "|382|2927|12|30030"
        ),
        r"\d\d\d",
    ),
    ("20079|20071|20078|20077|9069|27|97|88|98", r"\d\d\d"),
)
_SLASH_SERIES = (
    "60|62|63|32|30|22|23|618|619|160|617|718|719|230|231|232|238|239|240|241|248|249|511|512"
)

_S = "[ -]?"


def _digits_pattern() -> str:
    rows = "|".join(f"(?:{series}){bore}" for series, bore in _SERIES)
    return rf"(?:(?:{_SLASH_SERIES})/\d{{1,4}}|{rows})(?!\d)"


def _family_pattern() -> str:
    rows = (
        f"(?:{prefixes.format()}){digits.format(S=_S)}(?!\\d)"
        for prefixes, digits in _SURE_FAMILIES
    )
    return "|".join([*_MAKER_FORMS, *rows])


SURE_FORM = re.compile(_family_pattern())
MINIATURE = re.compile(
    r"(?:60[0-9]|62[0-9]|63[0-9]|67[0-9]|68[0-9]|69[0-9]|7[02][6-9]|719[89]|10[0-9]|12[679]"
    r"|135)(?!\d)"
)
SERIES_FORM = re.compile(_digits_pattern())
BARE_FORM = re.compile("|".join(_BARE_FORMS))
# Letters mixed with digits, or four to seven digits: a part number of a maker we do not know.
WEAK_FORM = re.compile(
    r"(?=[A-Z0-9./-]*\d)(?:[A-Z]{1,6}-?\d[A-Z0-9]{0,14}[-/](?!\d{4})[A-Z0-9]{1,6}"
    r"(?! ?[个只件套对盒])(?=[ *X一-鿿]{0,8}\d)"
    r"|[A-Z]{1,6}-?\d[A-Z0-9]{1,14}|\d{4,7}[A-Z]{0,6})(?![A-Z0-9])"
)
OLD_SHORT = re.compile(r"(?:[1-4]\d\d)(?!\d)")

# Designations only one maker uses.
MAKERS_OWN: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"LG(?:MT|EP|HP|LT|WA|GB|EM|EV|WM|FP|ET|ED|HB|HQ)[ /\d]"), "SKF"),
)
# Shapes of shaft seals, before or after their size.
SEAL_CODE = r"(?:TCN|TCV|TCR?|TBR?|SCR?|SB|VC|TG[34]?|TA|UHS|HMSA?10|HMS5|CRW1?|BABSL?|BASL)"
# What is mounted on or under a bearing of the same order: sleeves, nuts, washers, housings.
ACCESSORY = re.compile(r"(?:A?O?HX?|KM|MB|AN|AW|SNL?|SE|SD|SAF|SNU|FNL)[ -]?\d")
# Well-known things with letters and digits that traders do not sell as bearings.
NO_PART = re.compile(
    r"(?:M\d{1,2}(?:[X*]\d+.*)?|DN\d+|PN\d+|IP\d\d|ISO.*|GB.*|DIN.*|JIS.*|ASTM.*|Q\d{3}[A-Z]?"
    r"|\d{2}CR.*|"
    r"GCR15.*|SUS\d+|AISI.*|HRC\d+|A[34]|\d+(?:KW|KVA|KV|V|HZ|MM|CM|KG|G|RPM|W|MPA|BAR|HP|T|M|K"
    r"|MA|A|L|ML)|"
    r"Y[BXSE]*\d?-?\d{2,3}[A-Z]\d?.*|H[789]|HS\d{4,}|R\d{1,2}|V\d+|WIN\d+|\d+[DH]|\d+(?:ST|ND"
    r"|RD|TH)|"
    r"[GQ]\d{1,2}|USD.*|RMB.*|CNY.*|EUR.*|COVID.*|NO\d+|P\d+|QR.*|FY20\d\d|F\d{1,2}|B\d{1,2}|"
    r"\d{1,3}X.*|PO\d+|SO\d+|PR\d+|RFQ.*|INV.*|Q[1-4]|T\d|L\d{1,4}|S\d{1,2}|D\d{1,2}|E\d{1,2}"
    r"|N\d{1,2})"
)
