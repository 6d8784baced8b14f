"""What is asked about warnings; every question of a person starts at the person."""
