"""A sender's own workbook with its slip: by openpyxl, and only in the confined process, since the file is a stranger's."""
