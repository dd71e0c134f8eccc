"""Questions about returned e-mails."""

from django import forms
from django.utils.translation import gettext_lazy as _

from breachreg.letters import bounces
from breachreg.letters.bounce_models import BounceMailbox
from breachreg.mailboxes.forms import MailboxForm
from breachreg.web.forms import QuestionForm

MOST_FILES = 200


class BounceMailboxForm(MailboxForm):
    """Where returned e-mails arrive."""

    address = forms.EmailField(
        label=_("At which address do returned e-mails arrive?"),
        help_text=_("Its mailbox is only searched for delivery reports about your letters; everything else in it is left as it is."),
    )
    domains = acknowledges = None

    @classmethod
    def of(cls, mailbox: BounceMailbox | None, data=None) -> "BounceMailboxForm":
        """The form over the settings as they stand."""
        if mailbox is None:
            return cls(data)
        names = ("address", "host", "security", "port", "user", "folder")
        return cls(data, initial={name: getattr(mailbox, name) for name in names}, version=mailbox.version)


class _Several(forms.ClearableFileInput):
    allow_multiple_selected = True


class _Files(forms.FileField):
    def clean(self, data, initial=None):
        """Every file that was chosen."""
        chosen = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(_Files, self).clean(file, initial) for file in chosen] or super().clean(None, initial)


class ReportsForm(QuestionForm):
    """Returned messages, as files."""

    files = _Files(
        label=_("Which returned messages do you bring?"), widget=_Several(attrs={"accept": ".eml,message/rfc822", "multiple": True}),
        help_text=_("Messages “Undelivered Mail Returned to Sender”, saved as .eml; up to 200 at once."),
    )

    def clean_files(self) -> list:
        files = self.cleaned_data["files"]
        if len(files) > MOST_FILES:
            raise forms.ValidationError(_("At most 200 files at once. Bring the others after these."))
        for file in files:
            if file.size > bounces.LARGEST:
                raise forms.ValidationError(_("“%(name)s” is larger than 10 MB: that is no delivery report.") % {"name": file.name})
        return files
