import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('quotations', '0005_rfqs'),
    ]

    operations = [
        migrations.CreateModel(
            name='ApprovalLimit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived at')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated at')),
                ('role', models.OneToOneField(blank=True, help_text='Empty: everybody whose roles have no row of their own.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='auth.group', verbose_name='role')),
                ('least_margin', models.DecimalField(blank=True, decimal_places=4, help_text='Of the net total: 0.15 is 15 %. Below it, or without known cost: approval.', max_digits=7, null=True, verbose_name='least margin')),
                ('most_discount', models.DecimalField(blank=True, decimal_places=4, help_text="Of a line's suggested price: 0.1 is 10 %. Above it: approval.", max_digits=7, null=True, verbose_name='most discount')),
                ('most_amount', models.DecimalField(blank=True, decimal_places=2, help_text="Of the total with tax, in the company's currency. Above it: approval.", max_digits=18, null=True, verbose_name='most amount')),
            ],
            options={
                'verbose_name': 'approval limit',
                'verbose_name_plural': 'approval limits',
                'ordering': ['role'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('least_margin__isnull', True), ('least_margin__lt', 1), _connector='OR'), models.Q(('most_discount__isnull', True), models.Q(('most_discount__gte', 0), ('most_discount__lte', 1)), _connector='OR'), models.Q(('most_amount__isnull', True), ('most_amount__gte', 0), _connector='OR')), name='approval_limits_in_range')],
            },
        ),
        migrations.CreateModel(
            name='OutcomeReason',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived at')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated at')),
                ('kind', models.CharField(choices=[('won', 'won'), ('lost', 'lost')], default='lost', max_length=4, verbose_name='kind')),
                ('name_zh', models.CharField(max_length=40, verbose_name='Chinese name')),
                ('name_en', models.CharField(max_length=40, verbose_name='English name')),
            ],
            options={
                'verbose_name': 'reason of an outcome',
                'verbose_name_plural': 'reasons of outcomes',
                'ordering': ['kind', 'id'],
                'constraints': [models.UniqueConstraint(fields=('kind', 'name_zh'), name='outcome_reason_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['won', 'lost'])), name='outcome_kind')],
            },
        ),
    ]
