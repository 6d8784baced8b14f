"""Where WeChat calls us, and what customers open there."""

from django.urls import path

from kesu.web.wechat import calling

urlpatterns = [
    path("hooks/wechat/<int:account>/", calling.called, name="wechat_hook"),
]
