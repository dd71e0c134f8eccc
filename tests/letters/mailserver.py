"""A real SMTP server for tests: it keeps what it takes, and refuses, delays or hangs up on whom it is told to."""

from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default

from aiosmtpd.controller import Controller


class Sink:
    """What the server took, in order; ``answers`` maps a recipient to the SMTP answer it gets instead of a 250."""

    def __init__(self):
        self.raw, self.envelopes, self.answers, self.data_answers = [], [], {}, {}

    async def handle_RCPT(self, server, session, envelope, address, options):
        if answer := self.answers.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if answer := self.data_answers.get(envelope.rcpt_tos[0]):
            return answer
        self.raw.append(envelope.content)
        self.envelopes.append((envelope.mail_from, *envelope.rcpt_tos))
        return "250 OK"

    @property
    def messages(self):
        return [message_from_bytes(raw, policy=default) for raw in self.raw]


@contextmanager
def serving(settings, port):
    """The mail server that the settings name, for a while."""
    sink = Sink()
    server = Controller(sink, hostname="127.0.0.1", port=port)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 10
    server.start()
    try:
        yield sink
    finally:
        server.stop()
