"""What can happen to a notification, as the trail and the timeline name it."""

from django.utils.translation import gettext_lazy as _

from breachreg.audit import catalogue

EVENTS = catalogue.register(
    "notifications",
    {
        "notification.drafted": _("Notification drafted"),
        "notification.opened": _("Notification read"),
        "notification.answered": _("Answers of a notification changed"),
        "notification.refreshed": _("Answers of a notification taken from the record again"),
        "notification.kept": _("Answers of a notification kept although the record changed"),
        "notification.kind_changed": _("Kind of a notification changed"),
        "notification.abandoned": _("Notification abandoned"),
        "notification.submitted": _("Notification submitted for review"),
        "notification.taken_back": _("Notification taken back from review"),
        "notification.commented": _("Comment on a notification"),
        "notification.suggested": _("Wording suggested for a notification"),
        "notification.suggestion_accepted": _("Suggested wording accepted"),
        "notification.suggestion_declined": _("Suggested wording declined"),
        "notification.thread_resolved": _("Comments on a notification resolved"),
        "notification.sent_back": _("Notification sent back"),
        "notification.approved": _("Notification approved and sealed"),
        "notification.approval_ended": _("Approval of a notification ended by a change"),
        "notification.sealed_as_filed": _("Filed version of a notification sealed"),
        "notification.filed_unapproved": _("Notification filed without approval"),
        "notification.reviewed_after": _("Notification reviewed after its filing"),
        "notification.ticked": _("Field carried over into the authority's form"),
        "notification.unticked": _("Field no longer marked as carried over"),
        "review_message.sent": _("E-mail about a review sent"),
        "decision_file.sealed": _("File of the decision not to notify sealed"),
        "decision_file.downloaded": _("File of the decision not to notify downloaded"),
        "summary.downloaded": _("One-page summary of an incident downloaded"),
        "controllers.added": _("Controllers to tell added"),
        "controllers.imported": _("Controllers to tell imported"),
        "controllers.listed": _("Controllers to tell read"),
        "controllers.ordered": _("Notices to controllers ordered"),
        "controller.told": _("Controller told"),
        "controller.acknowledged": _("Controller acknowledged its notice"),
        "controller.letter_downloaded": _("Letter to a controller downloaded"),
        "controllers.exported": _("Track of the notices to controllers exported"),
        "notification.downloaded": _("Document of a notification downloaded"),
    },
)
