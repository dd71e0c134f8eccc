"""BreachReg as one Django app; its rooms are packages inside."""

from django.apps import AppConfig


class BreachRegConfig(AppConfig):
    name = label = "breachreg"
    verbose_name = "BreachReg"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from breachreg import checks, law  # noqa: F401  (registers the system checks)

        law.check()  # a data file that cannot be trusted stops the start, with its file and line
