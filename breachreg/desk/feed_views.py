"""The person's own calendar address: made, made anew, taken away, and read by a calendar program."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from breachreg.desk import feed, feed_file
from breachreg.desk.models import CalendarFeed
from breachreg.web.pages import public_page, signed_in_page


@signed_in_page()
def calendar_feed(request: HttpRequest) -> HttpResponse:
    """Whether there is an address; making one shows it this once."""
    address = None
    if request.method == "POST" and "end" in request.POST:
        feed.end_feed(user=request.user, by=request.user, at=request.now)
        messages.success(request, _("The address is taken away: calendars that read it get nothing any more."))
        return redirect("calendar-feed")
    if request.method == "POST":
        secret = feed.make_feed(user=request.user, by=request.user, at=request.now)
        address = settings.BASE_URL + reverse("calendar-file", args=[secret])
    standing = CalendarFeed.objects.filter(user=request.user).first()
    answer = render(request, "desk/calendar_feed.html", {"address": address, "feed": standing})
    answer["Cache-Control"] = "no-store"
    return answer


@public_page()
def calendar_file(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar behind a secret address."""
    user = feed.read_feed(secret=secret, at=request.now)
    if user is None:
        raise Http404(_("There is no calendar at this address."))
    content = feed_file.write(user, feed.deadlines_of(user, request.now), request.now)
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    answer["Cache-Control"] = "private, no-store"
    answer["Content-Disposition"] = 'attachment; filename="breachreg.ics"'
    return answer
