"""Reception: taking a complaint in while the caller talks."""
