"""The Celery application. A message is only a wake-up: what is due stands in rows (breachreg/tasks.py)."""

import logging
import os

from celery import Celery
from celery.signals import worker_process_init
from kombu.exceptions import OperationalError

from breachreg.orphans import watch_parent

log = logging.getLogger(__name__)
SWEEP = "breachreg.tasks.sweep"
EXPIRES = 55
"""Seconds after which a wake-up is worth nothing: the next minute's sweep finds the same rows."""

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "breachreg.settings")

app = Celery("breachreg")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["breachreg"])

# A worker that is killed leaves no process of its pool behind.
worker_process_init.connect(watch_parent)


def wake_up() -> None:
    """Have due rows looked for as soon as this transaction is committed, not at the next minute.

    A broker that is away costs that minute and nothing else, so its trouble is logged, not raised.
    """
    from django.db import transaction

    transaction.on_commit(_send_wake_up)


def _send_wake_up() -> None:
    try:
        app.send_task(SWEEP, expires=EXPIRES, retry=False)
    except (OperationalError, OSError):
        log.warning("no wake-up could be sent; due rows are found at the next minute", exc_info=True)
