"""The interface for programs: REST under /api/v1. The same acts, rights and refusals as on the pages."""
