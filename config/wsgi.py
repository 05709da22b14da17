"""The web application, as gunicorn loads it."""

import os

from django.core.wsgi import get_wsgi_application

from config.charset import utf8_only
from config.slow_bodies import without_slow_bodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = without_slow_bodies(utf8_only(get_wsgi_application()))
