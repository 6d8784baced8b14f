"""The only code of this wing that writes: marks, facts and roll-ups, exposure, wall-boards."""
