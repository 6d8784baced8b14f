"""Tokens, subscriptions and imports: the only code that writes them."""

from kesu.exchange.actions.hooks import add_hook, edit_hook, remove_hook, resend, try_hook
from kesu.exchange.actions.tokens import make_token, revoke_token

__all__ = ["add_hook", "edit_hook", "make_token", "remove_hook", "resend", "revoke_token", "try_hook"]
