"""Personal data: how long they are kept, who looked at them, what is held about oneself."""
