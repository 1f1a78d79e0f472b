"""What the pages of the workbench show, as plain values for their templates."""
