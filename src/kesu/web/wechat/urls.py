"""Where WeChat calls us, and what customers open there."""

from django.urls import path

from kesu.web.wechat import calling, pages

urlpatterns = [
    path("hooks/wechat/<int:account>/", calling.called, name="wechat_hook"),
    path("wx/<int:account>/", pages.enter, name="wx"),
    path("wx/<int:account>/back/", pages.back, name="wx_back"),
    path("wx/<int:account>/mine/", pages.mine, name="wx_mine"),
]
