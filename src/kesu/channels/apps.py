"""The wing of the doors."""

from typing import NoReturn

from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    """Lets go of what came in and went out when a case is de-identified."""

    name = "kesu.channels"
    label = "channels"

    def ready(self) -> None:
        """De-identification asks this wing, too; the means by which customers and staff are told are made known."""
        from kesu.channels.answering import hand_over
        from kesu.channels.doorlines import door_lines
        from kesu.channels.lettinggo import let_go
        from kesu.channels.out import health
        from kesu.channels.out.calling import heard
        from kesu.channels.out.means import Means, Refusal, register
        from kesu.channels.out.robots import ROBOTS
        from kesu.channels.out.sms import SMS
        from kesu.channels.wechat import sending
        from kesu.complaints import chain, erasing

        def never(account: object, outgoing: object) -> NoReturn:
            raise Refusal("letters wait in a table of their own", for_good=True)

        erasing.also(let_go)
        chain.listen(heard)
        health.also(door_lines)
        register(Means("mail", "电子邮件", "E-mail", never, hand_over=hand_over))
        for means in (SMS, sending.means(), *ROBOTS):
            register(means)
