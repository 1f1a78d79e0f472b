"""The site as a WSGI application, for granian (`liren serve`) or any other WSGI server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liren.settings")
application = get_wsgi_application()
