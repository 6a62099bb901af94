"""From targets to one plan of orders."""
