"""The console: pages for staff, supervisors and admins."""
