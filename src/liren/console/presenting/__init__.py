"""What pages show, as plain values: each module makes the context of one page from what nouns answer.

Words from packs and places stay Chinese; words of the pages go through gettext.
"""
