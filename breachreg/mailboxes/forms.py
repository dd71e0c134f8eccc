"""The questions that the pages of mailboxes ask."""

import re

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from breachreg.mailboxes.models import ReportingMailbox, Security, Verdict
from breachreg.web.forms import QuestionForm
from breachreg.web.widgets import CHECK


class MessageFileForm(QuestionForm):
    file = forms.FileField(
        label=_("Which message?"),
        help_text=_("A file saved from a mail programme (.eml or .msg). It is read from outside: nothing is opened or fetched."),
        error_messages={"required": _("Choose a file."), "empty": _("This file is empty. Choose another one.")},
    )


class JudgeForm(QuestionForm):
    """What a message is, and whether its whole campaign is the same."""

    verdict = forms.ChoiceField(label=_("What is it?"), choices=Verdict.choices, widget=forms.RadioSelect(CHECK))
    reason = forms.CharField(
        label=_("For which reason?"), widget=forms.Textarea({"rows": 2}),
        help_text=_("One sentence: what shows it, and who clicked or answered, if somebody did."),
        error_messages={"required": _("Write the reason: a colleague will ask.")},
    )
    whole_campaign = forms.BooleanField(label=_("The same for every waiting message of this campaign"), required=False)


class IncidentForm(QuestionForm):
    asks_submission = True
    title = forms.CharField(label=_("What happened, in a few words?"), max_length=200)
    gives_tasks = forms.BooleanField(
        label=_("Give the tasks of the playbook for a compromised mailbox"), required=False, initial=True,
        help_text=_("With owners and due times: contain, revoke sessions, keep evidence, warn the recipients…"),
    )


class AttachForm(QuestionForm):
    """Which of the open incidents a message belongs to."""

    incident = forms.ModelChoiceField(
        label=_("To which incident does it belong?"), queryset=None, empty_label=_("Choose"),
        error_messages={"required": _("Choose an incident.")},
    )

    def __init__(self, *args, incidents, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["incident"].queryset = incidents


_DOMAIN = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$")


class MailboxForm(QuestionForm):
    """Where the reporting mailbox is, and what is ours."""

    address = forms.EmailField(
        label=_("To which address do employees forward suspicious messages?"),
        help_text=_("A mailbox of its own, which nobody reads otherwise: every message in it is taken in and marked as read."),
    )
    host = forms.CharField(label=_("What is the name of its IMAP server?"), max_length=253, help_text=_("Such as imap.example.org."))
    security = forms.ChoiceField(
        label=_("How is the connection encrypted?"), choices=Security.choices, widget=forms.RadioSelect(CHECK), initial=Security.TLS,
        help_text=_("A connection that is not encrypted is never made."),
    )
    port = forms.IntegerField(label=_("On which port?"), min_value=1, max_value=65535, initial=993)
    user = forms.CharField(label=_("With which user name?"), max_length=254)
    password = forms.CharField(
        label=_("With which password?"), required=False, strip=False, widget=forms.PasswordInput({"autocomplete": "off"}),
        help_text=_("Kept encrypted and never shown again. Leave it empty to keep the one that is there."),
    )
    folder = forms.CharField(label=_("In which folder?"), max_length=200, initial="INBOX")
    domains = forms.CharField(
        label=_("Which domains are yours?"), widget=forms.Textarea({"rows": 3}),
        help_text=_("One a line, such as example.org; what lies below counts too. Only people of these domains are thanked, and domains that resemble them are pointed out."),
    )
    acknowledges = forms.BooleanField(label=_("Thank each employee who reports by an e-mail, once"), required=False, initial=True)

    @classmethod
    def of(cls, mailbox: ReportingMailbox | None, data=None) -> "MailboxForm":
        """The form over the settings as they stand."""
        if mailbox is None:
            return cls(data)
        names = ("address", "host", "security", "port", "user", "folder", "acknowledges")
        initial = {name: getattr(mailbox, name) for name in names} | {"domains": "\n".join(mailbox.domains)}
        return cls(data, initial=initial, version=mailbox.version)

    def clean_host(self) -> str:
        host = self.cleaned_data["host"].strip().lower()
        if not re.fullmatch(r"[a-z0-9._:-]+", host):
            raise forms.ValidationError(_t("Enter only the name of the server, such as imap.example.org."))
        return host

    def clean_domains(self) -> list[str]:
        found = [line.strip().lower().lstrip("@.") for line in re.split(r"[\s,;]+", self.cleaned_data["domains"])]
        found = list(dict.fromkeys(filter(None, found)))
        wrong = [domain for domain in found if not _DOMAIN.fullmatch(domain)]
        if wrong:
            raise forms.ValidationError(_t("“%(domain)s” is no domain. Enter one a line, such as example.org.") % {"domain": wrong[0]})
        return found
