"""Paper that was photographed or scanned: kept, read where that is installed, confirmed by a person."""
