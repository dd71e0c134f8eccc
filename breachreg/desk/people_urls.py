from django.urls import path

from breachreg.desk import feed_views, people

urlpatterns = [
    path("", people.home, name="home"),
    path("calendar/", feed_views.calendar_feed, name="calendar-feed"),
    path("calendar/<str:secret>.ics", feed_views.calendar_file, name="calendar-file"),
    path("language/", people.language, name="language"),
    path("o/<slug:organisation>/people/", people.people, name="people"),
    path("o/<slug:organisation>/people/add/", people.person_add, name="person_add"),
    path("o/<slug:organisation>/people/<int:membership>/take/", people.role_take, name="role_take"),
    path("o/<slug:organisation>/settings/", people.organisation_settings, name="organisation_settings"),
]
