"""Early warning: the list, a warning's page, and whether a change worked."""
