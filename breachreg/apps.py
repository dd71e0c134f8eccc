"""BreachReg as one Django app; its rooms are packages inside."""

from importlib import import_module

from django.apps import AppConfig
from django.conf import settings
from django.utils.module_loading import module_has_submodule


class BreachRegConfig(AppConfig):
    name = label = "breachreg"
    verbose_name = "BreachReg"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from breachreg import checks, law  # noqa: F401  (registers the system checks)

        import_module("breachreg.audit.gathering")  # teaches each connection a function, from the first one on
        law.check()  # a data file that cannot be trusted stops the start, with its file and line
        import_module("breachreg.register.playbooks.book").check()
        for room in settings.ROOMS:  # each says what its tables hold about people (audit/personal.py)
            if module_has_submodule(import_module(f"breachreg.{room}"), "personal"):
                import_module(f"breachreg.{room}.personal")
