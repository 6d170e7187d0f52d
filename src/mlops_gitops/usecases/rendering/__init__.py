"""What rendering is made of: one folder compared, one project carried out, what is one for all, the report."""
