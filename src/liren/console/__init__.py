"""The console: the face for departments, leaders, inspectors and administrators.

Look (`static/liren`), page templates, and pictures drawn on the server (`charts`, `flow`). A face holds
no domain code: it asks nouns through `queries` and acts through `actions`.
"""
