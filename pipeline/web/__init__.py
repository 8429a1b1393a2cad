"""The upload page: what clerks and the office see in a browser. It reads no workbook itself."""
