"""The Celery application. A message is only a wake-up: what is due stands in rows (breachreg/tasks.py)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "breachreg.settings")

app = Celery("breachreg")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["breachreg"])
