"""What is asked about corrective and preventive action; every question starts at the person."""
