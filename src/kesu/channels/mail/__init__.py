"""E-mail: letters read as they really come, mailboxes emptied, answers that find their case."""
