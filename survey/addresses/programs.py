"""The subset of ODK Central's interface that pyodk calls, below /v1/."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from survey.programs import datasets, problems, projects, sign_in, submissions, tables

RECORD = "forms/<str:form_id>/submissions/<str:instance_id>"

project_urls: list[URLPattern | URLResolver] = [
    path("app-users", projects.AppUsers.as_view(), name="v1_app_users"),
    path("assignments", projects.Assignments.as_view(), name="v1_assignments"),
    path("forms", projects.Forms.as_view(), name="v1_forms"),
    path("forms/<str:form_id>.xml", projects.FormXml.as_view(), name="v1_form_xml"),
    path("forms/<str:form_id>.svc", tables.Service.as_view(), name="v1_service"),
    path("forms/<str:form_id>.svc/<str:table>", tables.Rows.as_view(), name="v1_rows"),
    path("forms/<str:form_id>", projects.Form.as_view(), name="v1_form"),
    path("forms/<str:form_id>/assignments", projects.Assignments.as_view(), name="v1_form_assignments"),
    path(
        "forms/<str:form_id>/assignments/<str:role_id>/<str:user_id>",
        projects.Assignments.as_view(),
        name="v1_form_assignment",
    ),
    path("forms/<str:form_id>/submissions", submissions.Submissions.as_view(), name="v1_submissions"),
    path(f"{RECORD}.xml", submissions.SubmissionXml.as_view(), name="v1_submission_xml"),
    path(f"{RECORD}", submissions.OneSubmission.as_view(), name="v1_submission"),
    path(f"{RECORD}/comments", submissions.Comments.as_view(), name="v1_comments"),
    path(f"{RECORD}/attachments", submissions.Attachments.as_view(), name="v1_attachments"),
    path(f"{RECORD}/attachments/<str:name>", submissions.OneAttachment.as_view(), name="v1_attachment"),
    path("datasets", datasets.Datasets.as_view(), name="v1_datasets"),
    path("datasets/<str:name>.svc/<str:table>", datasets.EntityRows.as_view(), name="v1_entity_rows"),
    path("datasets/<str:name>", datasets.Dataset.as_view(), name="v1_dataset"),
    path("datasets/<str:name>/properties", datasets.Properties.as_view(), name="v1_properties"),
    path("datasets/<str:name>/entities", datasets.Entities.as_view(), name="v1_entities"),
    path("datasets/<str:name>/entities/<uuid:entity_id>", datasets.OneEntity.as_view(), name="v1_entity"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/sessions", sign_in.Sessions.as_view(), name="v1_sessions"),
    path("v1/sessions/current", sign_in.CurrentSession.as_view(), name="v1_session"),
    path("v1/users/current", sign_in.CurrentUser.as_view(), name="v1_user"),
    path("v1/projects", projects.Projects.as_view(), name="v1_projects"),
    path("v1/projects/<int:project_id>", projects.Project.as_view(), name="v1_project"),
    path("v1/projects/<int:project_id>/", include(project_urls)),
    re_path(r"^v1/(?P<rest>.*)$", problems.Nowhere.as_view(), name="v1_nowhere"),
]
