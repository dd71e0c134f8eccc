"""Fill an empty installation with a believable register, through the actions that people use."""

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone, translation

from breachreg.accounts.models import User
from breachreg.management.demo import sign_ins
from breachreg.management.demo.cast import gather
from breachreg.management.demo.stage import ago, play
from breachreg.management.demo.stories import STORIES


class Command(BaseCommand):
    help = "Fill an empty register with the demo: three organisations, their people and incidents."

    def handle(self, **options):
        if User.objects.exists():
            raise CommandError("There are people here already: the demo goes into an empty register only.")
        now, password = timezone.now(), sign_ins.new_password()
        with transaction.atomic(), translation.override("fr"):
            cast = gather(password=password, at=now - ago(days=3000))
            play([story(cast) for story in STORIES], now=now)
        sign_ins.save(cast.sign_ins, password)
        self.stdout.write(sign_ins.shown())
