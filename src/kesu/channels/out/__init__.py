"""The common way out: one message to one address by one means, once; the next means when one refuses; a call when none is left.

- `models`: `Outgoing` (the message) and `OutAccount` (with whom we send: a text message provider, a work-chat robot).
- `means`: the registry. A means says whom it reaches, how it puts things, how it sends.
- `writing.tell(case, told, at)`: choose the means and write the message (chore: `customers.tell_new`).
- `delivering.deliver_due(at)`: the chore that sends under a lease.
- `falling`: what happens to a message that was refused for good, or reported as not delivered.
- `reports`: what providers report afterwards.
"""
