"""What a report says: parts made of tables of figures and sentences, as plain values that can be stored, hashed and drawn."""
