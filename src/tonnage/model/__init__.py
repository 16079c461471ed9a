"""What a row is: table contracts, country, unit and commodity codes, definitions."""
