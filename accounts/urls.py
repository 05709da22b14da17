"""The first page. The addresses below /accounts/ are allauth's (config.urls)."""

from django.urls import path

from accounts.views import landing

urlpatterns = [path("", landing, name="landing")]
