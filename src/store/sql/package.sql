-- What a package says of itself, so that it can be read without headquarters.
CREATE TABLE pkg.cdx_PACKAGE (
    JOBID   TEXT NOT NULL,
    SESSION INTEGER NOT NULL,
    MODE    TEXT NOT NULL CHECK (MODE IN ('full', 'delta'))
) STRICT;

-- One line a table, in the order they are applied.
CREATE TABLE pkg.cdx_TABLE (
    POSITION       INTEGER PRIMARY KEY,
    SUBJOB         TEXT NOT NULL,
    TARGET         TEXT NOT NULL,    -- the channel table, and the table of the same name here
    WHOLE          INTEGER NOT NULL, -- 1: all rows in scope are here, others may go; 0: changes
    ROWS           INTEGER NOT NULL, -- rows to insert or update
    DELETED        INTEGER NOT NULL, -- keys in cdx_DELETED_<target>
    COLUMNS        TEXT NOT NULL,    -- the mapped channel columns, JSON
    KEYCOLUMNS     TEXT NOT NULL,    -- the channel key columns, JSON
    SHARED         INTEGER NOT NULL, -- 1: keys of other subjobs are in cdx_KEPT_<target>
    EXCLUDEOFFLINE INTEGER NOT NULL  -- 1: not for offline databases
) STRICT;
