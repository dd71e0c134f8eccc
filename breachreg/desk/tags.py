"""What the templates of the desk need: the address of another room's page, and who may do a step."""

from django import template
from django.urls import NoReverseMatch, reverse

from breachreg.accounts.access import ROLES
from breachreg.accounts.models import Role
from breachreg.desk.next_step import Step
from breachreg.register.models import Incident
from breachreg.register.playbooks import applying

register = template.Library()


@register.simple_tag
def address(view: str, *arguments) -> str:
    """Where a page of any room lies; "" when this installation does not have it."""
    try:
        return reverse(view, args=arguments)
    except NoReverseMatch:
        return ""


@register.filter
def who_may(step: Step) -> str:
    """The roles that may take a step, in words."""
    return ", ".join(str(Role(role).label) for role, rule in ROLES.items() if step.ability in rule.abilities)


@register.filter
def actor(name: str | None) -> str:
    """Who did it, without the address that the trail keeps beside the name; the product itself when nobody did."""
    return name.partition(" <")[0] if name else "BreachReg"


@register.simple_tag
def response_of(incident: Incident) -> dict:
    """How the response to an incident goes: playbooks applied or proposed, tasks done, indicators."""
    applied = list(incident.applied_playbooks.all())
    proposed = [] if applied else applying.fitting(incident, applying.offers(incident.organisation))
    done = list(incident.tasks.values_list("done_at", flat=True))
    return {
        "applied": applied, "proposed": proposed, "total": len(done), "done": sum(at is not None for at in done),
        "indicators": incident.indicators.count(), "messages": incident.message_reports.count(),
    }
