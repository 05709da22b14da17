"""Users in the admin, for support: switching an account off, giving staff rights.

The admin has no way in of its own: it sends people to our log-in, with its throttle, and lets in
staff whose account has a second factor.
"""

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import User


def may_administer(request: HttpRequest) -> bool:
    """Say whether this is staff with a second factor."""
    user = request.user
    is_staff = user.is_authenticated and user.is_active and user.is_staff
    return is_staff and is_mfa_enabled(user)


@login_required
def send_to_the_way_in(request: HttpRequest, extra_context: object = None) -> HttpResponse:
    """Answer for the admin's own log-in page: staff add a second factor, others are refused."""
    if not request.user.is_staff:
        raise PermissionDenied("The admin is for staff.")
    if may_administer(request):
        return redirect("admin:index")
    messages.info(request, "The admin needs a second factor: set one up, then come back.")
    return redirect("mfa_index")


admin.site.register(User, UserAdmin)
admin.site.has_permission = may_administer  # type: ignore[method-assign]
admin.site.login = send_to_the_way_in  # type: ignore[method-assign, assignment]
