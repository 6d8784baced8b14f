"""WeChat official accounts: what followers send, the conversation that files it, and what they are told."""
