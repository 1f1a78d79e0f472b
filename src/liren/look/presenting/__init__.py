"""Plain values for templates: fields, acts, definitions, pickers in words."""
