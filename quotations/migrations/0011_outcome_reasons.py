"""The reasons most offers are won or lost for; the company words its own."""

from django.db import migrations

REASONS = [
    ("lost", "价格高", "price too high"),
    ("lost", "交期长", "delivery too late"),
    ("lost", "品牌不符", "other brand wanted"),
    ("lost", "规格不符", "wrong specification"),
    ("lost", "付款条件", "payment terms"),
    ("lost", "项目取消", "project cancelled"),
    ("lost", "客户未回复", "no answer"),
    ("won", "价格优势", "best price"),
    ("won", "现货", "in stock"),
    ("won", "品质品牌", "quality and brand"),
    ("won", "客户关系", "relationship"),
]


def add(apps, _schema_editor):
    reasons = apps.get_model("quotations", "OutcomeReason")
    for kind, name_zh, name_en in REASONS:
        reasons.objects.get_or_create(kind=kind, name_zh=name_zh, defaults={"name_en": name_en})


class Migration(migrations.Migration):
    dependencies = [("quotations", "0010_quotation_indexes")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
