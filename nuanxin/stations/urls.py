from django.conf import settings
from django.urls import path

from nuanxin.stations import views

app_name = "stations"
urlpatterns = [
    path("", views.station_list, name="station_list"),
    path("s/<str:code>/", views.station_detail, name="station_detail"),
    path("photos/<slug:digest>.webp", views.station_photo, name="station_photo"),
    path("places/", views.place_list, name="place_list"),
]
if settings.DEMO:
    urlpatterns.append(path("_gallery/", views.gallery, name="gallery"))
