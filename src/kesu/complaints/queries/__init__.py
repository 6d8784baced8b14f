"""What is asked about complaints; every question starts at the person who asks."""
