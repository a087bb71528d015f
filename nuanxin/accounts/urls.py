from django.urls import path

from nuanxin.accounts import views

app_name = "accounts"
urlpatterns = [
    path("office/sign-in/", views.StaffLoginView.as_view(), name="staff_login"),
    path("office/second-factor/", views.second_factor_page, name="second_factor"),
    path("office/second-factor/enrol/", views.enrolment_page, name="enrolment"),
    path("office/password_change/", views.OwnPasswordView.as_view(), name="own_password"),
    path("office/sign-out/", views.StaffLogoutView.as_view(), name="staff_logout"),
    path("office/login/", views.office_door, name="office_door"),
    path("welcome/<str:invitation>/", views.invitation_page, name="welcome"),
    path("k/<str:token>/", views.keeper_door, name="keeper_door"),
]
