"""Addresses of the site. Each room brings its own; this one has people, jobs, settings and errors."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularJSONAPIView

from gis_core.views import (
    access_log,
    account,
    backups,
    errors,
    jobs,
    people,
    settings_home,
    sign_in,
    workbench,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", workbench.workbench, name="workbench"),
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-in/code/", sign_in.sign_in_code, name="sign_in_code"),
    path("sign-in/enrol/", sign_in.sign_in_enrol, name="sign_in_enrol"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("welcome/<str:secret>/", sign_in.welcome, name="welcome"),
    path("account/", account.account, name="account"),
    path("account/recovery-codes/", account.recovery_codes, name="recovery_codes"),
    path("language/", account.language, name="language"),
    path("offline/", errors.offline, name="offline"),
    path("jobs/<uuid:pk>/", jobs.job_page, name="job"),
    path("jobs/<uuid:pk>/part/", jobs.job_part, name="job_part"),
    path("jobs/<uuid:pk>/cancel/", jobs.job_cancel, name="job_cancel"),
    path("settings/", settings_home.settings_home, name="settings"),
    path("settings/people/", people.people_list, name="people"),
    path("settings/people/new/", people.person_new, name="person_new"),
    path("settings/people/<int:pk>/", people.person_page, name="person"),
    path("settings/people/<int:pk>/link/", people.person_link, name="person_link"),
    path("settings/people/<int:pk>/codes/", people.person_codes, name="person_codes"),
    path("settings/people/<int:pk>/active/", people.person_active, name="person_active"),
    path("settings/duties/<int:pk>/revoke/", people.duty_revoke, name="duty_revoke"),
    path("settings/access-log/", access_log.access_log_page, name="access_log"),
    path("settings/backups/", backups.backup_list, name="backups"),
    path("settings/backups/<str:name>/", backups.backup_download, name="backup_download"),
    path("api/v1/jobs/", jobs.JobList.as_view(), name="api_jobs"),
    path("api/v1/jobs/<uuid:pk>/", jobs.JobDetail.as_view(), name="api_job"),
    path("api/schema/", SpectacularJSONAPIView.as_view(), name="api_schema"),
]

for room in ("grids", "survey"):
    if find_spec(f"{room}.urls"):
        urlpatterns.append(path("", include(f"{room}.urls")))

handler400 = errors.bad_request
handler403 = errors.not_allowed
handler404 = errors.not_found
handler500 = errors.server_error
