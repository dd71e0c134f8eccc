"""An unknown variable in one of our templates fails the test; libraries' templates keep Django's leniency.

`{% if x %}` and `{% for x in y %}` may still ask for what is not there, and `{{ x|default:"…" }}` says what is meant.
"""

import sys
from pathlib import Path

import pytest
from django.template import base

LIBRARIES = (str(Path(base.__file__).parents[2]), str(Path(base.__file__).resolve().parents[2]))
SAYS_WHAT_IS_MEANT = {"default", "default_if_none"}


class UnknownTemplateVariable(AssertionError):
    """A template of ours names something that its context does not hold."""


@pytest.fixture(autouse=True, scope="session")
def _unknown_template_variables_fail():
    patch = pytest.MonkeyPatch()
    patch.setattr(base.Variable, "resolve", _strict(base.Variable.resolve))
    yield
    patch.undo()


def _strict(resolve):
    def strict(self, context):
        try:
            return resolve(self, context)
        except base.VariableDoesNotExist as unknown:
            asked = sys._getframe(1)
            if asked.f_code is base.FilterExpression.resolve.__code__ and _matters(asked.f_locals):
                name = _template_name(context)
                raise UnknownTemplateVariable(f"{name}: {{{{ {self.var} }}}} is unknown: {unknown}") from unknown
            raise

    return strict


def _matters(asked: dict) -> bool:
    filters = asked["self"].filters
    meant = filters and filters[0][0].__name__ in SAYS_WHAT_IS_MEANT
    return not asked["ignore_failures"] and not meant and not _template_name(asked["context"]).startswith(LIBRARIES)


def _template_name(context) -> str:
    template = context.render_context.template or context.template
    return str(template.origin.name) if template else "a template"
