"""Where WeChat calls us, and what customers open there."""

from django.urls import path

from kesu.web.wechat import calling, pages

urlpatterns = [
    path("hooks/wechat/<int:official>/", calling.called, name="wechat_hook"),
    path("wx/<int:official>/", pages.enter, name="wx"),
    path("wx/<int:official>/back/", pages.back, name="wx_back"),
    path("wx/<int:official>/mine/", pages.mine, name="wx_mine"),
]
