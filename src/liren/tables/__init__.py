"""Spreadsheets in and out: files read as sheets, rows checked and planned, lists written and streamed."""
