"""The back office as a whole.

The scheduler's own tables are not offered: their pages know nothing of our policy, and schedules
are declared in code (``erp.core.jobs``).
"""

from django.contrib import admin
from django_celery_beat import models as beat

for model in (
    beat.ClockedSchedule,
    beat.CrontabSchedule,
    beat.IntervalSchedule,
    beat.PeriodicTask,
    beat.SolarSchedule,
):
    if admin.site.is_registered(model):
        admin.site.unregister(model)
