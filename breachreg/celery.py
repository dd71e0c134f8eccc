"""The Celery application. A message is only a wake-up: what is due stands in rows (breachreg/tasks.py)."""

import os

from celery import Celery
from celery.signals import worker_process_init

from breachreg.orphans import watch_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "breachreg.settings")

app = Celery("breachreg")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["breachreg"])

# A worker that is killed leaves no process of its pool behind.
worker_process_init.connect(watch_parent)
