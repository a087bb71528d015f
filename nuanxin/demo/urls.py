from django.urls import path

from nuanxin.demo import views

app_name = "demo"
urlpatterns = [
    path("", views.personas, name="personas"),
    path("ca.crt", views.ca_certificate, name="ca_certificate"),
]
