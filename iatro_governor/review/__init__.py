"""Reading incidents: one query layer, and the tables and pages made from it."""
