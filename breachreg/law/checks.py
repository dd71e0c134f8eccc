"""Read every data file once, so that a wrong one stops the start instead of a night's work."""

from . import advice, delays, duty_table, exemptions, factors, facts, form, questions, rules, severity, vocabulary


def check() -> None:
    """Raises BadData, naming file, line and remedy, when a data file of the law cannot be trusted."""
    for name in vocabulary.NAMES:
        vocabulary.load(name)
    questions.load()
    questions.complain_of_fields(set(facts.Facts.__dataclass_fields__))
    for room in (form, severity, duty_table, factors, rules, exemptions, advice, delays):
        room.load()
