"""What is no part number, whatever it looks like: phones, addresses, dates, prices, order numbers.

Each rule blanks out its finds with a mask character, so that positions in the line stay the same.
"""

import re

from .families import SERIES_FORM
from .quantities import UNIT
from .text import MASK, upper

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_MONTH = r"(?:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEPT?|OCT|NOV|DEC)[A-Z]{0,6}\.?"
_MONEY = (
    r"(?:元|圆|块钱?(?!数)|万元|美金|美元|欧元|日元|USD|RMB|CNY|EUR|JPY|GBP|INR|PKR"
    r"|DOLLARS?|EUROS?)"
)
_DOC = (
    r"(?:P\.?O\.?|RFQ|RFP|ORDER|INQUIRY|ENQUIRY|QUOTE|QUOTATION|CONTRACT|REF|REFERENCE|INVOICE"
    r"|OFFER|REQ|"
    r"REQUISITION|PROJECT|JOB|TICKET|DRAWING|DWG|CASE|TENDER|CUSTOMER|ACCOUNT|ACCT|A/C|TAX|VAT|GST"
    r"|CONTAINER|AWB|B/L|"
    r"TRACKING|REG|订单|合同|询价单?|报价单?|采购单?|采购|请购单?|申请单?|发票|运单|快递"
    r"|提单|物流|项目|工程|图纸|客户|"
    r"供应商|税|户|账|帐|卡|流水|设备|机床|工单|任务|批次?|单据|协议|档案|身份证)"
)

# Rules run in this order; the first group, where there is one, is what is blanked out.
_RULES = tuple(
    re.compile(rule)
    for rule in (
        r"(?:HTTPS?://|WWW\.)[^\s,;，。]+",
        r"[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,4}",
        (
            r"(?<!\w)[\w-]{2,40}\.(?:COM|CN|NET|ORG|XLSX?|PDF|DOCX?|JPG"
            r"|PNG)(?:\.[A-Z]{2})?(?![A-Z0-9])"
        ),
        # tax, bank and identity numbers
        r"(?<![A-Z0-9])(?=[A-Z0-9]*\d{8})[0-9A-Z]{15,20}(?![A-Z0-9])",
        r"(?<![A-Z0-9_.])\d{4}(?:[ -]\d{4}){3,4}(?:[ -]?\d{1,3})?(?![A-Z0-9_])",
        # documents
        (
            rf"(?<![A-Z]){_DOC}\s?(?:订?单)?(?:\s?(?:NO|NUMBER|NUM|NR)\b\.?|号码?|编号"
            rf"|#)\s?[:#.]?\s?([A-Z0-9][A-Z0-9/_.-]*(?: \d+)?)"
        ),
        (
            r"(?:单号|编号|工号|型?批号|料号|物料号|物料编码|识别号|税号|账号|帐号|卡号|件号"
            r"|订货号|流水号|序列号|S/N"
            r"|SN:)\s?[:#]?\s?([A-Z0-9][A-Z0-9/_-]*)"
        ),
        (
            r"(?<![A-Z0-9])(?:RFQ|P\.?O\.?|SO|PR|INV|QT|QUO|REQ|WO|XJ|CG|HT|BJ|DD|XS|CGD|XJD|ENQ"
            r"|INQ|REF|MR|OA|PI|CI)[-_#/ ]{0,2}(?:[A-Z0-9]*\d(?:[-_/][A-Z0-9]*\d)+"
            r"|\d{6,})(?![A-Z0-9])"
        ),
        (
            r"(?<![A-Z0-9])(?:(?:P\.?O\.?|REF|INVOICE|HS(?: CODE)?|ECCN)\s?[:#.]?\s?#?"
            r"|RFQ ?#)\d[\d./-]{3,}"
        ),
        r"(?<![A-Z])(?:GB|ISO|DIN|JIS|ASTM|EN|JB)\s?(?:/T)?\s?\d+(?:[.-]\d+){0,2}",
        # phones
        r"(?<![A-Z0-9_.])(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)",
        r"\+\d{1,3}[\d ()/-]{6,18}\d",
        (
            r"(?<![A-Z0-9_.-])\(?0\d{2,3}\)?[- ]?\d{3,4}[- ]?\d{4}(?:[-转 ]{1,2}\d{1,5}(?!\d))?"
            r"(?![A-Z0-9_*])"
        ),
        r"(?<![A-Z0-9_.-])(?:400|800)[- ]?\d{3,4}[- ]?\d{3,4}(?![A-Z0-9_*])",
        r"(?<![A-Z0-9_.-])\(?\d{3}\)?[- .]\d{3}[- .]\d{4}(?![A-Z0-9_*])",
        (
            r"(?<![A-Z])(?:TEL|PHONE|FAX|MOB|MOBILE|CELL|WHATSAPP|WECHAT|QQ|EXT|VX(?=[:号])|V信|HOTLINE"
            r"|电话|手机"
            r"|传真|座机|微信|分机|热线|联系方式)\w{0,6}\s?[:.]{0,2}\s?([+\d(][\d ()/+-]{2,24}\d"
            r"|[A-Z][A-Z0-9_-]{4,20})"
        ),
        rf"(?<![A-Z\d.*/-])(?<!\* )\d{{8,}}(?![\d.*X]|\s?{UNIT})",
        # dates, times, durations
        r"(?<!\d)(?:19|20)\d\d\s?(?:年|[-/.])\s?\d{1,2}\s?(?:月|[-/.])\s?\d{1,2}\s?[日号]?(?!\d)",
        r"(?<!\d)(?:19|20)\d\d\s?年(?:\s?\d{1,2}\s?月)?(?:份|底|初)?",
        r"(?<!\d)\d{1,2}\s?月(?:\s?\d{1,2}\s?[日号]?)?(?:份|底|初|中旬|前|之前)?",
        r"(?<![\d.])\d{1,2}([-/.])\d{1,2}\1(?:19|20)\d\d(?!\d)",
        (
            rf"(?<![A-Z0-9])\d{{1,2}}(?:ST|ND|RD"
            rf"|TH)?[ -]{{0,2}}{_MONTH},?[ -]?(?:\d{{4}})?(?![A-Z0-9])"
        ),
        rf"(?<![A-Z0-9]){_MONTH} \d{{1,2}}(?:ST|ND|RD|TH)?(?:,? (?:19|20)\d\d)?(?![A-Z0-9])",
        r"(?<![\d:])\d{1,2}:\d{2}(?::\d{2})?(?:\s?[AP]M)?(?![\d:])",
        r"(?:上午|下午|早上|晚上|中午|明早|今晚)\s?[\d一二三四五六七八九十两]{1,2}\s?(?:点|时)半?",
        r"(?<!\d)\d{1,2}\s?(?:点钟?|时)(?:\d{1,2}分?|半)?(?!\d)",
        (
            r"(?<![A-Z0-9.*])(?<![A-Z0-9][-/])\d{1,3}(?:\s?[-~到至]\s?\d{1,3})?\s?(?:个工作日|个?工作日|个月|个?星期"
            r"|个?小时|个?礼拜|天(?!马)|周|年(?![用需采])|分钟|日内"
            r"|日前|号前|号之前|WORKING DAYS?|DAYS?|WEEKS?|WKS?|MONTHS?|HOURS?|HRS?|YEARS?"
            r"|MINUTES?)(?![A-Z])"
        ),
        r"[一二三四五六七八九十两半]+(?:个工作日|个月|个?星期|个?小时|天|周|年|分钟|点钟?|日内)",
        r"(?<![A-Z0-9.*-])\d{4,5}\s?(?:个?小时|HOURS?|HRS)(?![A-Z])",
        r"第\s?[\d一二三四五六七八九十]+\s?[批次页条项章个]",
        r"\d{1,2}\s?(?:号|日)(?=前|之前|到货|要|发|来|交)",
        # prices, percentages, totals
        (
            rf"(?:[¥￥$€£₹]|(?<![A-Z])(?:USD|RMB|CNY|EUR|JPY|GBP|INR"
            rf"|RS\.))\s?(?:{_NUMBER})(?:\s?/\s?(?:PCS?|个|只|套|件|EA|SET|PIECE))?"
        ),
        (
            rf"(?<![A-Z0-9.])(?:{_NUMBER})(?:\s?[-~到]\s?\d+(?:\.\d+)?)?\s?{_MONEY}(?![A-Z])"
            rf"(?:\s?/?\s?[个只套件](?![\d]))?"
        ),
        (
            r"(?<![A-Z0-9.])(?:\d+\.?\d*\s?(?:/|每)|(?:\d+\.\d+|\d{1,3})\s?一)\s?(?:个|只|套|件)"
            r"(?!\s?\d)"
        ),
        # how they are packed
        (
            rf"(?<![A-Z0-9.])\d{{1,5}}\s?{UNIT}\s?(?:/|每|一(?=[盒箱])|PER |A )\s?"
            r"(?:[盒箱包]|BOX(?:ES)?|CTN|CARTON)"
        ),
        rf"(?:每[盒箱包]|[一1][盒箱包](?:是|装|有)?)\s?\d{{1,5}}\s?{UNIT}",
        (
            r"(?<![A-Z])(?:单价|价格?|价位|报价|目标价|含税价?|未税价?|不含税价?|现价|上次价?"
            r"|上回|原价|最低价?|卖|给到"
            r"|TARGET(?: PRICE)?|UNIT PRICE|PRICE|LAST PRICE|COST|AT)\s?(?:是|为|大概|大约|:|="
            r"|都是)?\s?(\d+\.\d+|\d{1,3}(?=\s?[的左,，。]))(?![A-Z0-9*/-])"
        ),
        rf"@\s?[¥$€]?\s?(?:{_NUMBER})(?:\s?/\s?(?:PCS?|EA))?",
        r"\d+(?:\.\d+)?\s?[%‰](?!\d)|\d+(?:个)?点(?:税|票|专票)|(?:税率|税点|折扣|优惠)\s?\d+",
        (
            r"(?:合计|总计|共计|小计|一共|总共|总数量?|总额|总金额"
            r"|(?<!公)共(?!用))\s?[:是为]?\s?\d[\d,.]*\s?(?:个|套|只|件|种|项"
            r"|款|PCS|元)?(?:型号|规格|产品)?"
        ),
        (
            r"(?<![A-Z])(?:GRAND |SUB)?TOTAL\w{0,4}(?: (?:QTY|AMOUNT|VALUE|QUANTITY"
            r"|PIECES))?\s?[:=]?\s?\d[\d,.]*(?:\s?(?:PCS?|SETS?|PIECES|ITEMS|USD))?"
        ),
        # the demand of a year is no order
        (
            rf"(?:年用量|年需求?量?|年采购量|一年|每年|年)(?:用|要|大概|大约|约|是|为|:){{0,4}}\s?"
            rf"(?:{_NUMBER})\s?[万千百KW]?\s?[个只套件]"
        ),
        (
            r"(?:ANNUAL|YEARLY) (?:USAGE|DEMAND|QTY|QUANTITY|VOLUME|REQUIREMENT)\s?:?\s?"
            rf"(?:{_NUMBER})\s?(?:PCS|SETS|NOS|EA)?"
        ),
        # addresses
        (
            r"(?:[一-鿿]{1,12}(?:路|街道?|大道|弄|胡同)\s?(?:\d+(?:-\d+)*\s?(?:号楼?|弄|栋|幢|室"
            r"|楼)?[之,、 -]{0,2}){1,4}(?:单元|室|楼|层|座|户)?"
            r"(?:[A-Z]{2,10} ?\d{2,5}(?= *(?:$|[,;。室])))?)"
        ),
        (
            r"[一-鿿]{1,12}(?:巷|里|庄|村|园区?|镇)\s?(?:\d+(?:-\d+)*\s?(?:号楼?|弄|栋|幢|室|楼)"
            r"[之,、 -]{0,2}){1,4}(?:单元|室|楼|层|座|户)?"
        ),
        (
            r"(?<![A-Z0-9.*/-])[A-Z]?\d+(?:-\d+)*\s?(?:号(?![要码])(?:楼|院|库|线|机|车间|厂房"
            r"|柜|轴|门|铺|馆)?|室|楼"
            r"|栋|幢|弄|单元|座(?![子的])|层楼?|房间?|门牌|号门)"
        ),
        (
            r"(?<![A-Z])(?<!PART )(?<!ITEM )(?<!MODEL )(?:OFFICE|ROOM|RM|SUITE|STE|UNIT NO"
            r"|(?<=, )UNIT|^UNIT|APT|SHOP"
            r"|PLOT|HOUSE|FLAT|FLOOR|BUILDING|BLDG|BLOCK|GATE|WAREHOUSE|P\.?O\.? ?BOX"
            r"|ZIP(?: ?CODE)?|POSTAL(?: CODE)?|POSTCODE|PINCODE|PIN|SECTOR|STREET|ROAD|RD|ST|AVENUE"
            r"|STAND|BOOTH|HALL|LEVEL|PHASE|STALL|DOCK|BAY)\.?\s?(?:NO\.?"
            r"|NUMBER)?\s?[#:]?\s?(?:[A-Z]-?)?\d+[A-Z]?(?:[-/]\d+)?(?![A-Z0-9])"
        ),
        (
            r"(?<![A-Z0-9.])\d{1,5}[A-Z]? (?:[A-Z]{2,16} ){1,3}(?:STREET|ST|ROAD|RD|AVENUE|AVE|BLVD"
            r"|BOULEVARD|LANE|DRIVE|DR|HIGHWAY|HWY|WAY|COURT|PARK|SQUARE|STRASSE)(?![A-Z])"
        ),
        r"(?<![A-Z0-9])\d+(?:ST|ND|RD|TH)(?![A-Z0-9])(?: FLOOR| FL\b)?",
        (
            r"(?:邮编|邮政编码|邮码|房间|展位|摊位|门牌|柜台|档口|仓位"
            r"|库位)\s?[:号]?\s?[A-Z]?\d+(?:-\d+)*"
        ),
        # vehicles, weights and other sizes; 22319MB and 6205CM are bearings, 30CM is none
        r"(?<![A-Z0-9.])(?:\d{1,3}|\d+\.\d+)\s?CM(?![A-Z0-9])",
        r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z]\s?·?\s?[A-Z0-9]{5,6}(?![A-Z0-9])",
        (
            r"(?<![A-Z0-9.])\d+(?:\.\d+)?\s?(?:KG|KGS|公斤|千克|吨|斤|KW|千瓦|KVA|伏|℃|°C|RPM"
            r"|R/MIN|转|HZ|赫兹"
            r"|MPA|马力|平米|平方|公里|KM|米|厘米|INCH(?:ES)?|英寸|度|岁|人|家|台机|次"
            r"|寸|GSM|小时)(?![A-Z0-9])"
        ),
        (
            r"(?<![A-Z0-9])(?:DN|PN|IP|HRC|SUS|AISI)\s?\d+(?:CR\w*)?(?![A-Z0-9])"
            r"|(?<![A-Z0-9])(?:304|316|316L|440C?|45#?|201)\s?(?=不锈钢|钢|材质|STAINLESS)"
        ),
        (
            r"(?<![A-Z0-9])M\d{1,2}(?:\.\d)?\s?[X*]\s?\d+(?:\.\d+)?(?:\s?[X*]\s?\d+(?:\.\d+)?)?"
            r"(?![A-Z0-9])"
        ),
        (
            r"(?:螺栓|螺丝|螺钉|内六角|膨胀|BOLTS?|SCREWS?|NUTS?(?= M)|垫片|平垫"
            r"|弹垫)\s?:?\s?\d?\d?\.?\d?级?\s?(M\d+(?:\s?[X*]\s?\d+)?(?:\s?[,、]?\s?[*X]?\s?\d+\s?(?:个"
            r"|只|件|套|PCS|颗))?)"
        ),
        (
            r"(?:电机|马达|减速机|MOTOR|GEARBOX|水泵|泵|风机|机床|设备"
            r"|机器)\s?(?:型号)?\s?:?\s?([A-Z]{1,5}\d?-?\d{2,4}[A-Z]{0,2}(?:-\d{1,2})?(?:KW)?)"
            r"(?![A-Z0-9])"
        ),
        (
            r"(?:纸箱|木箱|箱子|外箱|包装|托盘|卡板|CARTON SIZE|BOX SIZE|PALLET"
            r"|PACKING)[^\d\n]{0,12}(\d+\s?[X*]\s?\d+(?:\s?[X*]\s?\d+)?\s?(?:MM|CM)?)"
        ),
    )
)

_DATE = re.compile(
    r"(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}(?: 0?0:00(?::00)?)?"
    r"|\d{1,2}-\d{1,2}月|\d{1,2}月-?\d{1,2}日?"
)
# A clause that opens with one of these words is about something else, up to the given end.
_TO_LINE_END = re.compile(
    r"(?<![A-Z一-鿿])(?:(?:收货|送货|交货|发货|到货|公司|单位|注册|邮寄|寄送|办公|仓库"
    r"|工厂)?地址|地点|收货人|(?:SHIP(?:PING)? TO"
    r"|SHIPPING ADDRESS|DELIVERY ADDRESS|DELIVER TO|ADDRESS|ADD|BILL TO|CONSIGNEE))\s?[:.]\s?.*"
)
_TO_CLAUSE_END = re.compile(
    r"(?<![A-Z一-鿿])(?:联系人|联系|收件人|发件人|抄送|邮箱|邮件|开户行|开户银行|银行账?号?"
    r"|账户|户名|开票|发票抬头|抬头|网址|官网|交货期|交期"
    r"|交货日期|日期|时间|付款方式?|付款条件|结算|有效期|车牌号?|身份证号?|"
    r"E-?MAIL|ATTN|CONTACT|BANK|SWIFT|IBAN|WEBSITE|WEB|DELIVERY(?: TIME| DATE)?|LEAD ?TIME"
    r"|VALIDITY|PAYMENT(?: TERMS?)?|TERMS?|DATE|INCOTERMS?|GSTIN|VAT(?: NO)?"
    r"|CUSTOMER ID)\s?[:：.]\s?[^,;。\n\t]*"
)
_MAIL_HEADER = re.compile(
    r"\s*>*\s*\*?(?:FROM|SENT|TO|CC|BCC|DATE|REPLY-TO|MESSAGE-ID|IMPORTANCE|ATTACHMENTS?|发件人"
    r"|收件人|抄送|发送时间|时间|日期|附件)\*?\s?:.*"
)


# Names and numbers of people, looked for before anything else takes a brand out of `skf6206`.
_CONTACT = re.compile(
    r"(?:(?<![A-Z])(?:WHATSAPP|WECHAT|SKYPE|TELEGRAM|QQ|VX)(?: ?ID)?|微信号?|V信|QQ号?|加[微V])"
    r"\s?(?:[:.]|是)?\s?"
    r"(?=[A-Z0-9_-]*[0-9])([A-Z0-9][A-Z0-9_-]{4,24})(?![A-Z0-9*/.-])"
)


def mask_contacts(line: str) -> tuple[str, list[str]]:
    """The same for the names people go by in messengers."""
    spans = [match.span(1) for match in _CONTACT.finditer(upper(line))]
    fragments = [line[start:end] for start, end in spans]
    for start, end in spans:
        line = line[:start] + MASK * (end - start) + line[end:]
    return line, fragments


def mask(line: str) -> tuple[str, list[str]]:
    """The line with everything that is no part blanked out, and what was blanked out."""
    fragments: list[str] = []
    if _MAIL_HEADER.fullmatch(upper(line)):
        return MASK * len(line), [line.strip()]
    up = upper(line)
    for rule in (_TO_LINE_END, _TO_CLAUSE_END, *_RULES):
        found = False
        for match in rule.finditer(up):
            start, end = match.span(1) if _captures(match) else match.span()
            fragment = line[start:end].strip(" ,;:。" + MASK)
            if end > start and fragment and not _is_list_of_parts(fragment):
                fragments.append(fragment.replace(MASK, ""))
                line = line[:start] + MASK * (end - start) + line[end:]
                found = True
        up = upper(line) if found else up
    return line, [fragment for fragment in fragments if fragment]


def is_date(text: str) -> bool:
    """`2026-06-02`, `6-2月`: what a spreadsheet makes of the part number 6-2."""
    return bool(_DATE.fullmatch(text.strip()))


def _is_list_of_parts(fragment: str) -> bool:
    """`6200 6201 6202 6203` is written like the number of a card."""
    words = fragment.split()
    return len(words) > 2 and all(SERIES_FORM.fullmatch(word) for word in words)


def _captures(match: re.Match[str]) -> bool:
    group = match.group(1) if match.re.groups else None
    return bool(group) and len(group or "") > 1
