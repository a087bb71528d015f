from django.conf import settings
from django.urls import include, path

from nuanxin.stations import desk_plan_views, desk_views, door_views, open_views, views

app_name = "stations"

desk = [
    path("", desk_views.desk_today, name="desk_today"),
    path("<str:code>/today/", desk_views.desk_station, name="desk_station"),
    path("<str:code>/open/", desk_views.desk_open, name="desk_open"),
    path("<str:code>/lock/", desk_views.desk_lock, name="desk_lock"),
    path("<str:code>/photo/", desk_views.desk_photo, name="desk_photo"),
    path("<str:code>/signs.pdf", desk_views.desk_signs, name="desk_signs"),
    path("<str:code>/record/", desk_views.desk_record_page, name="desk_record"),
    path("<str:code>/reports/<uuid:key>/contest/", desk_views.desk_contest, name="desk_contest"),
    path("<str:code>/faults/<uuid:key>/end/", desk_views.desk_fault, name="desk_fault"),
    path("<str:code>/closures/", desk_plan_views.desk_closures, name="desk_closures"),
    path(
        "<str:code>/closures/<uuid:key>/withdraw/",
        desk_plan_views.desk_closure_withdraw,
        name="desk_closure_withdraw",
    ),
    path("<str:code>/week/", desk_plan_views.desk_week, name="desk_week"),
    path("<str:code>/hours/", desk_plan_views.desk_hours, name="desk_hours"),
    path(
        "<str:code>/hours/<uuid:key>/withdraw/",
        desk_plan_views.desk_hours_withdraw,
        name="desk_hours_withdraw",
    ),
    path("<str:code>/substitute/", desk_plan_views.desk_substitute, name="desk_substitute"),
    path(
        "<str:code>/substitute/<uuid:key>/end/",
        desk_plan_views.desk_substitute_end,
        name="desk_substitute_end",
    ),
    path("hosts/<uuid:key>/close/", desk_plan_views.desk_host, name="desk_host"),
    path("proofs/<slug:digest>.webp", desk_views.desk_proof, name="desk_proof"),
]
urlpatterns = [
    path("desk/", include(desk)),
    path("", views.station_list, name="station_list"),
    path("s/<str:code>/", views.station_detail, name="station_detail"),
    path("s/<str:code>/calendar.ics", open_views.station_timetable, name="station_timetable"),
    path("closures/calendar.ics", open_views.division_timetable, name="division_timetable"),
    path("s/<str:code>/answer/", door_views.door_answer, name="door_answer"),
    path("s/<str:code>/fault/", door_views.door_fault, name="door_fault"),
    path("d/<str:code>/<str:door_sign>/", door_views.door_outside, name="door_outside"),
    path("i/<str:code>/<str:inside_sign>/", door_views.door_inside, name="door_inside"),
    path("r/<uuid:word>/", door_views.door_report, name="door_report"),
    path("photos/<slug:digest>.webp", views.station_photo, name="station_photo"),
    path("saved/", views.saved_list, name="saved_list"),
    path("places/", views.place_list, name="place_list"),
    path("embed/", open_views.embed_list, name="embed_list"),
    path("map/", views.station_map, name="station_map"),
    path("print/", views.print_list, name="print_list"),
]
if settings.DEMO:
    urlpatterns.append(path("_gallery/", views.gallery, name="gallery"))
