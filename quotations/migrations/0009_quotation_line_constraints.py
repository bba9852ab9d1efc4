from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('quotations', '0008_quotation_line_kinds'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="quotationline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ordered_quantity__gte", 0), ("ordered_quantity__lte", models.F("quantity"))
                ),
                name="quotation_line_ordered_once",
            ),
        ),
        migrations.AddConstraint(
            model_name='quotationline',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['open', 'ordered', 'lost', 'expired', 'passed'])), name='quotation_line_outcome'),
        ),
        migrations.AddConstraint(
            model_name='quotationline',
            constraint=models.CheckConstraint(condition=models.Q(('alternative_to__isnull', True), models.Q(('alternative_to__lt', models.F('line_no')), ('is_optional', False)), _connector='OR'), name='quotation_alternative_after_its_line'),
        ),
        migrations.AddConstraint(
            model_name='quotationline',
            constraint=models.CheckConstraint(condition=models.Q(('is_counted', False), models.Q(('outcome', 'passed'), _negated=True), _connector='OR'), name='quotation_counts_what_is_chosen'),
        ),
    ]
