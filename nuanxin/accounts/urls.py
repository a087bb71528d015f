from django.urls import path

from nuanxin.accounts import views

app_name = "accounts"
urlpatterns = [
    path("office/sign-in/", views.StaffLoginView.as_view(), name="staff_login"),
    path("office/sign-out/", views.StaffLogoutView.as_view(), name="staff_logout"),
    path("office/login/", views.office_door, name="office_door"),
]
