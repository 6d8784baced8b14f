"""How people and departments do with the complaints they were given (B-18, B-23): fairly compared, looked back at, answered, recognised."""
