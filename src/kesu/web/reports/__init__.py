"""Reports: the list, a report with its parts and comments, approval, downloads."""
