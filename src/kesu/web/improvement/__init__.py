"""Corrective and preventive action: the board, a record's page, its act forms, opening one."""
