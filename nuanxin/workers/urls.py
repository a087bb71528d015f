from django.urls import include, path

from nuanxin.workers import join_views, own_views

app_name = "workers"

own = [
    path("", own_views.own, name="own"),
    path("sign-in/", own_views.sign_in, name="sign_in"),
    path("sign-out/", own_views.sign_out, name="sign_out"),
    path("card/", own_views.card, name="card"),
    path("kept/", own_views.kept, name="kept"),
    path("export/", own_views.export, name="export"),
    path("correct/", own_views.correct, name="correct"),
    path("phone/", own_views.new_phone, name="new_phone"),
    path("consents/", own_views.own_consents, name="consents"),
    path("leave/", own_views.leave, name="leave"),
    path("erase/", own_views.erase, name="erase"),
]
urlpatterns = [
    path("me/", include(own)),
    path("join/<str:union_code>/", join_views.join, name="join"),
    path("c/<str:ceremony_code>/", join_views.join_ceremony, name="join_ceremony"),
    path("c/<str:ceremony_code>/screen/", join_views.ceremony_screen, name="ceremony_screen"),
    path(
        "office/joining/<str:union_code>/sheets.pdf",
        join_views.joining_sheets,
        name="joining_sheets",
    ),
    path("card/check/", own_views.card_check, name="card_check"),
]
