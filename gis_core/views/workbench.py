"""工作台: what waits for me today, and what to do first where nothing does."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis_core.models import AccessLog, Job, User
from gis_core.permissions import duties_in_force
from gis_core.shell import WorkItem, first_steps, shell_of, waiting_work

OWN_JOBS_SHOWN = 8
NOTICES_SHOWN_FOR = timedelta(days=7)
ACCOUNT_NOTICES = ("make_reset_link", "reset_code")


@require_safe
def workbench(request: HttpRequest) -> HttpResponse:
    user = request.user
    items = [*account_notices(user), *duty_notices(user), *waiting_work(user, shell_of(request).town)]
    open_states = [Job.State.QUEUED, Job.State.RUNNING]
    jobs = Job.objects.filter(owner=user)
    context = {
        "items": items,
        "running": jobs.filter(state__in=open_states),
        "finished": jobs.exclude(state__in=open_states)[:OWN_JOBS_SHOWN],
        "steps": first_steps(user),
        "duties": duties_in_force(user),
    }
    return render(request, "workbench.html", context)


def account_notices(user: User) -> list[WorkItem]:
    """Somebody else touched this account: the owner should know, and say so if it was not agreed."""
    since = timezone.now() - NOTICES_SHOWN_FOR
    rows = AccessLog.objects.filter(
        action__in=ACCOUNT_NOTICES, subject=f"user {user.pk}", at__gte=since
    ).select_related("user")
    sentences = {
        "make_reset_link": _("%(name)s给您生成过密码重置链接。如果不是您要求的，请马上修改密码。"),
        "reset_code": _("%(name)s重置过您的验证器。如果不是您要求的，请马上修改密码。"),
    }
    return [
        WorkItem("account", sentences[row.action] % {"name": row.user}, "/account/", row.at)
        for row in rows[:3]
    ]


def duty_notices(user: User) -> list[WorkItem]:
    """Duties that end within a week."""
    today = timezone.localdate()
    ending = [d for d in duties_in_force(user) if d.valid_until and (d.valid_until - today).days <= 7]
    return [
        WorkItem(
            "duty",
            _("职责“%(role)s”（%(place)s）到 %(until)s 为止。")
            % {"role": duty.get_role_display(), "place": duty.place_code, "until": duty.valid_until},
            "/account/",
        )
        for duty in ending
    ]
