"""Suffixes of bearing designations: what may follow the basic number, glued or apart.

The vocabulary is data; it mirrors the makers' suffix tables (seals, clearances, classes, cages,
arrangements, grease and heat treatment). A run such as `2RS1C3` or `CTYNSULP4` is a suffix when it
can be cut into known pieces.
"""

import re
from functools import lru_cache

MAX_RUN = 24  # characters; no maker writes longer runs without a separator

_VOCABULARY = """
2RS 2RS1 2RS2 2RSH 2RSH2 2RSL 2RSR 2RSD 2RSC 2RST 2RSTN9 2RZ 2RZTN9 2HRS 2BRS 2ELS 2RU 2RD 2RK
2NSE 2NSL 2NKE 2Z 2ZR 2ZN 2ZNR 2CS 2CS2 2CS5 2LS 2LU 2RSCT 2VH 2AS 2ASE 2TS 2GRS 2PRS 2RSS
RS RS1 RS2 RSH RSL RSR RZ RU RD ZZ ZZE ZZS ZZA ZZC ZZ1 ZZCM ZE ZS ZA ZR ZN ZNR ZNBR ZZNR ZZX NR
NX
PPA PPX PPXA PPSK SKPP
DDU DDW DDUN DD DU DW VV LLU LLB LLH LLUA LLUN LLUNR LLBNR LU LB LH PP PPU NPP NPPB NPPU KRR
KRRB
KTT TT UU UUAJ UUOP LUU AJ OP
C0 C1 C2 C3 C4 C5 CN CM CT CS C2L C3L C3H CNM CNH CNL C1NA C2NA C9 C10 RB1
P0 P2 P3 P4 P5 P6 P4A P4S P4B P4C PA9A PA9B PA9 PA7 PA5 P53 P63 P43 P52 P62 P54 P64 P5A P6X P6E
PX1
SP UP P4U P42 P9 P2U ABEC1 ABEC3 ABEC5 ABEC7 ABEC9
W33 W33X W20 W22 W26 W64 W77 W64F W64H E4 D1 S0 S1 S2 S3 S11 HA1 HA3 HA4 K30 K31
AC ACD ACE ACB AD A5 BE BEA BEAT BEAT85 BEP BEY BEM BEMB BEF BECB BECBP BECBM BECBY BECBJ BECBF
BEGA
BEGAP BEGAM BEGAY BEGBP BEGBM BEGBY BECAP BECCM BEJ BECAJ BEAW BAW BYG BMPC BMP BW BG BWDB
CD CE CB CX CEGA CDGA CDGB CDGC CBGA BCB BCBM BCBP BCBJ BCBY
ACDGA ACDGB ACEGA ACBGA CDDB CDDF DGA DGB DGC DBA DBB TBTA
TBTB
QBCA QBCB TFTA QFCA QBC QBT TBT TFT DB DF DT DBD GA GB GC GD GL GN GM GH UL UM UH UX UO UA SUL
SUM
DUL DUM DULP DBL DFL DTL DBM DUB L M H EL
HC HC5 HC4 HCP4A HCP4 XL E1 E1A E1C E1CK E1K EAS EASK EK EKC EC ECP ECM ECML ECMA ECJ ECPH ECN
ECNP
ECKM ECMB EJ EJA EVA EM EMA ET EMB EMC EW ETN EG EA EAK EAE4 EX EXQ EP ETVP ETVP2 EMBK EMAK EML
CA CAK CAC CACK CAM CAMK CAME4 CC CCK CCJA CCKJ CCK3 CDE4 CDKE4 CG1 CKJ
MB MBK MBC MA MAC MAS MAK ML MP MPA M1 MY FY FW FG JA JN J1 J2 J3 JR JP TN TN1 TN9 TNG TNGN TNH
TNHA
TVP TVP2 TVPB TVPA TVH TV TPA TPB TA TB T1 T2 T2X T5 T85 TY TYN TYSN TR TYNDUL TYNSUL TYNDBL L1
G1 G2
G14 G15 G20 G22 N1 N2 RH RHR RHW33 RHRW33 RJ RK CJ CP CL7 CL7C DC DF2 QC QCL7C QL X2 X3 XA X A4
LGHT3 LGMT2 LGMT3 LGMT LGLC2 LGHP2 LGWT ZZN CGA CGB CGC DTP ACDTP CDTP KTN KTNHA TNHA KPHA
PHA P4BDGA MT33 MT47 VT143 VT378 LHT23 LHT13 LT GJN GJP HT HT51 WT GE2
5K 2AS 3AS 4M SRL SRI2 NS7 NS7S NS
NSL AV2 AV2S
MA2S AS2S EA3 L207 L448 F3 F4 F5 S5 GWM GCR JEM VC101 VK210
VL0241 VL2071 J20AA J20A J20B J20C J30 INS VA201 VA208 VA228 VA301 VA350 VA405 VA405C VA406
VA491 VE240
VE553 VQ658 VG114 V1 V2 V3 V4 Z1 Z2 Z3 Z4 ZV2 ZV3 Q Q6 Q5 Q66 QE5 QE6 QCL7 R DR DG R1 R2
ES ESX ET2RS TXE TXR TXA TXG3A3 TGR TF TFM TH THR TR FM WF RM LDW LLM UK DO DE DOE SK RSEW EPB
EB EBX
SN24 SN20 3NC 5S NA NAS NTA NAP AB AEL AXL AHX HW
A B C D E F G H J K L M N P Q R S T U V W X Y Z
"""
_VOCAB = frozenset(_VOCABULARY.split())
_LONGEST = max(map(len, _VOCAB))

# Pieces that alone, without a part number beside them, still say "suffix".
_STRONG = re.compile(
    r"(?:2?RS|2RSH|2RS[1RLD]|2Z|2RZ|RZ|ZZ|ZZE|DDU|DD|VV|LLU|LLB|LLH|2NSE|2NKE|D[BFT]|C[2-5]|CM|CN|"
    r"P[24-6]|P4[AS]|P[56]3|W33|NR|TN9?|ECP|ECML?|ECJ|MB|CCK?|CAK?|EK?1?|K|SP|UP|XL|TVP2?|2RS1)+"
)
# Words and units that happen to be made of suffix letters.
_WORD_LIST = """
A AM AN AND ARE AS AT B BE BEST BY CAN CM D DE DEAR DM EA EACH FOR G GET H HAS HAVE HE HI I IN
IS IT KG L LB LBS LET M ME MM MR MRS MS MY NA NEED NEW NET NO NOS NOT OF OK ON OR P PC PCE PCS
PER PLEASE PLS PR PRS Q QTY S SET SETS SO SP T TEA TEL THE TO TX U UK UP US V W WE WITH X Y YES
Z CF CIF CNF FOB DDP EXW LT LED TT CT GB GE CA
"""
_WORDS = frozenset(_WORD_LIST.split())
_SPACED_LETTER = frozenset("EJKMNPZACB")


@lru_cache(maxsize=8192)
def pieces(run: str) -> tuple[str, ...] | None:
    """`run` cut into known suffixes with the fewest cuts, or None; the run is in capitals."""
    if not run or len(run) > MAX_RUN:
        return None
    best: list[tuple[str, ...] | None] = [()] + [None] * len(run)
    for end in range(1, len(run) + 1):
        for start in range(max(0, end - _LONGEST), end):
            before = best[start]
            if before is None or run[start:end] not in _VOCAB:
                continue
            found = best[end]
            if found is None or len(before) + 1 < len(found):
                best[end] = (*before, run[start:end])
    return best[len(run)]


def is_glued_suffix(run: str) -> bool:
    """May the run follow a basic number without a blank? Unknown makers' codes are let in."""
    if pieces(run) is not None:
        return True
    return len(run) <= 12 and any(c.isalpha() for c in run) and not re.search(r"\d{4}", run)


def is_spaced_suffix(run: str, written: str) -> bool:
    """May the run, standing alone after a blank, belong to the number before it?

    Stricter than when glued, for English words and units are made of the same letters.
    """
    if len(run) == 1:
        return run in _SPACED_LETTER and written == run
    cut = pieces(run)
    if cut is None or re.fullmatch(r"\d+[KW]", run):
        return False
    if run.isalpha():
        if run in _WORDS or (written.islower() and not _STRONG.fullmatch(run)):
            return bool(_STRONG.fullmatch(run)) and run not in _WORDS
        return all(len(piece) > 1 for piece in cut)  # SKF is no S + K + F
    return True


def is_orphan_suffix(run: str) -> bool:
    """Is the run a suffix beyond doubt, even with words between it and its number?"""
    return len(run) > 1 and run not in _WORDS - {"CM"} and bool(_STRONG.fullmatch(run))


def seal_choice(first: str, second: str) -> str:
    """Which of two offered suffixes to issue: two seals serve whoever also takes one."""
    one, two = first.lstrip("-/ "), second.lstrip("-/ ")
    return second if two in (f"2{one}", one * 2) else first


def split_quantity(run: str) -> int:
    """Where in `ZZ100` the suffix ends and a glued quantity begins; len(run) when nowhere."""
    if pieces(run) is not None:
        return len(run)
    digits = re.search(r"\d+$", run)
    if digits is None:
        return len(run)
    for cut in range(len(run) - 1, digits.start() - 1, -1):
        if run[cut] != "0" and (cut == 0 or pieces(run[:cut]) is not None):
            return cut
    return len(run)
