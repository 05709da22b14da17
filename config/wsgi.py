"""The web application, as gunicorn loads it."""

import os

from django.core.wsgi import get_wsgi_application

from config.charset import utf8_only
from config.slow_bodies import without_slow_bodies

#: No page needs a statement this long; the workers' have no limit.
os.environ.setdefault("DB_STATEMENT_SECONDS", "120")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = without_slow_bodies(utf8_only(get_wsgi_application()))
