"""Scenarios and judges, one module for each section of the document; pure but for the pytest items that show them."""
