-- What an upload package holds beside its tables: their names and counters, and where each row was
-- made.
CREATE TABLE pkg.cdx_TABLE (POSITION INTEGER PRIMARY KEY, TARGET TEXT NOT NULL, COUNTER TEXT);
CREATE TABLE pkg.cdx_ORIGIN (TARGET TEXT NOT NULL, COUNTER INTEGER NOT NULL, ORIGIN TEXT NOT NULL);
