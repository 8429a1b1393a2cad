"""What a workbook says, by itself."""
