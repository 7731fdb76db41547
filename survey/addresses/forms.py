"""Forms, work list, notices: under /settings/ and the preview."""

from django.urls import URLPattern, URLResolver, path

from survey.pages import form_preview, forms_actions, forms_list, forms_notices, forms_upload, forms_work_list

urlpatterns: list[URLPattern | URLResolver] = [
    path("settings/forms/", forms_list.forms_page, name="forms"),
    path("settings/forms/upload/", forms_upload.upload_page, name="form_upload"),
    path("settings/forms/<uuid:uid>/", forms_list.form_page, name="form"),
    path("settings/forms/<uuid:uid>/bind/", forms_actions.form_bind, name="form_bind"),
    path("settings/forms/<uuid:uid>/retire/", forms_actions.form_retire, name="form_retire"),
    path(
        "settings/forms/<uuid:uid>/versions/<int:pk>/retire/",
        forms_actions.form_version_retire,
        name="form_version_retire",
    ),
    path(
        "settings/forms/<uuid:uid>/versions/<int:pk>/workbook/",
        forms_actions.form_workbook,
        name="form_workbook",
    ),
    path("settings/forms/<uuid:uid>/versions/<int:pk>/xform/", forms_actions.form_xform, name="form_xform"),
    path(
        "settings/forms/<uuid:uid>/versions/<int:pk>/preview/", form_preview.form_preview, name="form_preview"
    ),
    path(
        "settings/forms/<uuid:uid>/versions/<int:pk>/preview/frame/",
        form_preview.form_preview_frame,
        name="form_preview_frame",
    ),
    path(
        "settings/forms/<uuid:uid>/versions/<int:pk>/preview/form.json",
        form_preview.form_preview_form,
        name="form_preview_form",
    ),
    path("settings/work-list/", forms_work_list.work_list_page, name="work_list"),
    path("settings/work-list/new/", forms_work_list.work_list_new, name="work_list_new"),
    path("settings/work-list/<int:pk>/", forms_work_list.work_list_item, name="work_list_item"),
    path("settings/notices/", forms_notices.notices_page, name="notices"),
    path("settings/notices/new/", forms_notices.notice_new, name="notice_new"),
]
