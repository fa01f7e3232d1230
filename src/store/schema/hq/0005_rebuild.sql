-- Databases whose file was made again: what sessions had brought until then is not in it any more.
CREATE TABLE cdx_REBUILT (
    DATASTORE INTEGER PRIMARY KEY,
    SESSION   INTEGER NOT NULL      -- the newest download session at the time
) STRICT;
