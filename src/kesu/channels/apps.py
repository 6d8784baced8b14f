"""The wing of the doors."""

from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    """Lets go of what came in and went out when a case is de-identified."""

    name = "kesu.channels"
    label = "channels"

    def ready(self) -> None:
        """De-identification asks this wing, too."""
        from kesu.channels.lettinggo import let_go
        from kesu.complaints import erasing

        erasing.also(let_go)
