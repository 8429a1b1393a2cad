"""The workbook for the office."""
