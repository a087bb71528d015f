"""Addresses of the three surfaces: public pages, API, office."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from config.api import mount
from nuanxin.core import views as core_views

handler404 = "nuanxin.core.views.page_not_found"

urlpatterns = [
    path("", include("nuanxin.stations.urls")),
    path("", include("nuanxin.accounts.urls")),
    path("", include("nuanxin.workers.urls")),
    path("sw.js", core_views.service_worker, name="service_worker"),
    path("manifest.webmanifest", core_views.web_manifest, name="web_manifest"),
    path("livez", core_views.livez, name="livez"),
    path("readyz", core_views.readyz, name="readyz"),
    path("api/v1/", mount()),
    path("office/processes/", core_views.processes, name="processes"),
    path("office/", admin.site.urls),
]
if settings.DEMO:
    urlpatterns.insert(0, path("demo/", include("nuanxin.demo.urls")))
