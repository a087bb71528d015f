from django.urls import path

from nuanxin.accounts import views

app_name = "accounts"
urlpatterns = [
    path("office/sign-in/", views.StaffLoginView.as_view(), name="staff_login"),
    path("office/password_change/", views.OwnPasswordView.as_view(), name="own_password"),
    path("office/sign-out/", views.StaffLogoutView.as_view(), name="staff_logout"),
    path("office/login/", views.office_door, name="office_door"),
]
