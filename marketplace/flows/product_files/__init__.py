"""Products as tables: read from files and written to them, checked row by row, taken over in batches, put back."""
