"""The workbench: a to-do list, steps, quick reports, activities, hours and exams, for a phone in one hand."""
