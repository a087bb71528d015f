from django.conf import settings
from django.urls import path

from nuanxin.stations import door_views, views

app_name = "stations"
urlpatterns = [
    path("", views.station_list, name="station_list"),
    path("s/<str:code>/", views.station_detail, name="station_detail"),
    path("s/<str:code>/answer/", door_views.door_answer, name="door_answer"),
    path("s/<str:code>/fault/", door_views.door_fault, name="door_fault"),
    path("d/<str:code>/<str:door_sign>/", door_views.door_outside, name="door_outside"),
    path("i/<str:code>/<str:inside_sign>/", door_views.door_inside, name="door_inside"),
    path("r/<uuid:word>/", door_views.door_report, name="door_report"),
    path("photos/<slug:digest>.webp", views.station_photo, name="station_photo"),
    path("places/", views.place_list, name="place_list"),
]
if settings.DEMO:
    urlpatterns.append(path("_gallery/", views.gallery, name="gallery"))
