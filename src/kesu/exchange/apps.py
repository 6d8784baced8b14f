"""The wing of what goes in and out by program and by file."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """Listens to journals: whoever has subscribed is told of every act in the act's own transaction."""

    name = "kesu.exchange"
    label = "exchange"

    def ready(self) -> None:
        """Every entry that is about to be stored passes `queueing.queue`."""
        from kesu.complaints import chain, journals
        from kesu.exchange.queueing import queue, queue_of

        chain.listen(queue)
        journals.listen(queue_of)
