"""Where WeChat calls us, and the pages that customers open in WeChat."""
