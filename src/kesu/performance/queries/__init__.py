"""What is asked of performance."""
