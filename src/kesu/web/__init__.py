"""The wing of the pages: server-rendered, plain forms first."""
