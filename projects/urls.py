"""The addresses of a project as a whole: settings, members, life cycle, audit."""

from django.urls import path

from projects import views, views_audit, views_invitations

app_name = "projects"

ROOT = "projects/<uuid:project_id>/"
MEMBER = f"{ROOT}members/<int:user_id>/"
INVITATIONS = f"{ROOT}invitations/"

urlpatterns = [
    path(f"{ROOT}settings/", views.settings, name="settings"),
    path(f"{ROOT}members/", views.members, name="members"),
    path(f"{MEMBER}role/", views.member_role, name="member_role"),
    path(f"{MEMBER}remove/", views.member_remove, name="member_remove"),
    path(f"{MEMBER}own/", views.member_own, name="member_own"),
    path(f"{INVITATIONS}accept/", views_invitations.accept, name="invitation_accept"),
    path(f"{INVITATIONS}decline/", views_invitations.decline, name="invitation_decline"),
    path(
        f"{INVITATIONS}<uuid:invitation_id>/withdraw/",
        views_invitations.withdraw,
        name="invitation_withdraw",
    ),
    path(f"{ROOT}lock/", views.lock, name="lock"),
    path(f"{ROOT}unlock/", views.unlock, name="unlock"),
    path(f"{ROOT}archive/", views.archive, name="archive"),
    path(f"{ROOT}restore/", views.restore, name="restore"),
    path(f"{ROOT}reset/", views.reset, name="reset"),
    path(f"{ROOT}delete/", views.delete, name="delete"),
    path(f"{ROOT}audit/", views_audit.audit_page, name="audit"),
    path(f"{ROOT}audit/export/", views_audit.audit_export, name="audit_export"),
]
