"""What is stored of the exchange with programs and files."""

from kesu.exchange.models.hooks import Delivery, Hook
from kesu.exchange.models.imports import Import, ImportFault, Mapping
from kesu.exchange.models.tokens import KeptAnswer, Token

__all__ = ["Delivery", "Hook", "Import", "ImportFault", "KeptAnswer", "Mapping", "Token"]
