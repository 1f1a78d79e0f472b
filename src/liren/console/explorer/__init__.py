"""The figure explorer: any figure, for any place and period, broken down as one asks; a table, a chart, a file."""
