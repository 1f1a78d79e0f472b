"""The views of the workbench: get, check, act or query, render."""
