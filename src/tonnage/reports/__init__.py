"""A notebook run with checked parameters into a notebook, PDF, HTML page and workbook."""
