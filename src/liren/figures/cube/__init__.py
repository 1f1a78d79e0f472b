"""The columnar engine: the same definitions as SQL over Parquet files, for wide questions and for provinces.

``shapes`` says which columns of which tables figures read, ``moving`` brings them out of the database, ``storing``
keeps them, ``refreshing`` follows what has changed, ``compiling`` writes a definition as SQL in a ``dialects``'
words, ``asking`` answers with it, ``choosing`` says when a page may. Needs the extra ``liren[figures]``.
"""
