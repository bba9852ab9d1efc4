"""The columns of customers and suppliers, and the words for what is wrong in them."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from erp.core.money import MAX_AMOUNT
from imports.kinds import Column, Run, Unfit
from imports.parsing import choice, note, number, text, whole, yes_or_no

_BETWEEN_HAN = re.compile(r"(?<=[\u3400-\u9fff（）()])\s+(?=[\u3400-\u9fff（）()])")
_name = text(120)


def firm_name(cell: str, run: Run) -> str:
    """A name; blanks between Chinese characters are slips of typing."""
    return _BETWEEN_HAN.sub("", _name(cell, run))


def email(cell: str, _run: Run) -> str:
    try:
        validate_email(cell.strip())
    except ValidationError:
        raise Unfit("bad_email") from None
    return cell.strip()


def tax_number(cell: str, _run: Run) -> str:
    """As written: whether it is right depends on whose it is."""
    return " ".join(str(cell).split())[:60]


COMMON: tuple[Column, ...] = (
    Column(
        "name",
        _("name"),
        firm_name,
        "名称|公司名称|公司|单位名称|企业名称|客户名称|客户|供应商名称|供应商|全称|公司全称|往来单位|"
        "company|company name|customer|customer name|supplier|supplier name|vendor|account name",
        required=True,
        missing="missing_name",
    ),
    Column(
        "code",
        _("code"),
        text(20),
        "编号|编码|代码|客户编号|客户编码|客户代码|客户号|供应商编号|供应商编码|供应商代码|"
        "customer no|customer id|customer code|supplier no|supplier code|vendor code|"
        "account number",
        is_text=True,
    ),
    Column(
        "short_name",
        _("short name"),
        text(40),
        "简称|客户简称|供应商简称|公司简称|short name|alias|abbreviation",
    ),
    Column(
        "tax_id",
        _("tax number"),
        tax_number,
        "税号|纳税人识别号|统一社会信用代码|社会信用代码|信用代码|纳税识别号|税务登记号|tax_no|"
        "tax no|tax id|tax number|vat|vat no|vat number|vat id|uscc|tin",
        is_text=True,
    ),
    Column(
        "phone",
        _("phone"),
        text(40),
        "电话|联系电话|公司电话|固定电话|手机|手机号|联系方式|tel|telephone|mobile|phone number",
    ),
    Column("email", _("e-mail"), email, "邮箱|电子邮箱|电子邮件|邮件|e-mail|mail|email address"),
    Column(
        "contact",
        _("contact"),
        text(60),
        "联系人|联系人姓名|业务联系人|contact person|contact name|attention|attn",
    ),
    Column("contact_title", _("title"), text(60), "职务|职位|联系人职务|job title|position"),
    Column(
        "address",
        _("address"),
        text(200),
        "地址|公司地址|单位地址|联系地址|收货地址|送货地址|详细地址|delivery address|"
        "street address",
    ),
    Column("bank_account", _("bank and account"), text(200), "开户行及账号|银行账号|开户行|bank"),
    Column("currency", _("currency"), text(3), "币种|货币|币别|currency code"),
    Column(
        "payment_term",
        _("payment term"),
        text(60),
        "付款条件|付款方式|结算方式|账期|付款条款|terms|payment terms|terms of payment",
    ),
    Column(
        "price_includes_tax",
        _("prices include tax"),
        yes_or_no(),
        "含税|是否含税|价格含税|price includes tax|incl tax",
    ),
    Column(
        "owner",
        _("responsible"),
        text(150),
        "负责人|业务员|销售员|跟单|采购员|归属|owner|sales|salesperson|sales rep|buyer",
    ),
    Column("notes", _("notes"), note(2000), "备注|说明|note|remark|remarks|comment"),
)

CUSTOMER_COLUMNS: tuple[Column, ...] = (
    *COMMON,
    Column(
        "kind",
        _("kind"),
        choice(
            {
                **dict.fromkeys(
                    ("reseller", "中间商", "经销商", "贸易商", "dealer", "distributor", "trader"),
                    "reseller",
                ),
                **dict.fromkeys(
                    ("end_user", "end user", "终端", "终端用户", "终端客户", "最终用户"), "end_user"
                ),
            }
        ),
        "类型|客户类型|客户类别|类别|type|customer type",
    ),
    Column(
        "credit_limit",
        _("credit limit"),
        number(most=MAX_AMOUNT, places=2, code="bad_credit_limit"),
        "信用额度|授信额度|信用限额|额度|credit",
    ),
)

SUPPLIER_COLUMNS: tuple[Column, ...] = (
    *COMMON,
    Column(
        "lead_time_days",
        _("lead time in days"),
        whole(most=3650),
        "交期|交货期|交期天数|供货周期|lead time|lead time days|leadtime",
    ),
)

MESSAGES = {
    "missing_name": _("The name is missing."),
    "bad_email": _("“%(value)s” is no e-mail address."),
    "bad_tax_id": _("“%(value)s” is no tax number: its length or its check digit is wrong."),
    "bad_credit_limit": _("“%(value)s” is no amount of money."),
    "bad_currency": _("The currency “%(value)s” is not kept here."),
    "unknown_payment_term": _("There is no payment term “%(value)s”."),
    "unknown_owner": _("There is no employee “%(value)s”, or there are several."),
    "no_owner": _("Say who is responsible: a column for it, or --user."),
    "right_needed": _("You have no right to set this."),
    "not_yours": _("It is there already, and %(value)s is responsible for it."),
    "ambiguous_partner": _("Several partners may be meant: %(value)s"),
    "duplicate_code": _("The code belongs to another partner: %(value)s."),
    "similar_partner": _("Similar to %(value)s; taken for another firm."),
}
