"""The papers of the trade: forms, reports, letters for A4, and the archive package of a case. Reads everything, writes nothing to cases."""
