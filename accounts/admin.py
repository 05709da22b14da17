"""Users in the admin, for support: switching an account off, giving staff rights.

The admin has no way in of its own: it sends people to our log-in, with its throttle and its
second factor.
"""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from accounts.models import User

admin.site.register(User, UserAdmin)
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
