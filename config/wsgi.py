"""The WSGI application that the web server runs."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018  (all views, before the first request asks for one)
# What is loaded by now stays: no collection has to go through it while somebody waits.
gc.collect()
gc.freeze()
