-- What happened in this channel. Each entry has the last number of headquarters' log that this
-- database knew, and a count since then, so that it finds its place there.
CREATE TABLE cdx_LOG (
    AFTERHQ INTEGER NOT NULL,
    SINCE   INTEGER NOT NULL,
    AT      TEXT NOT NULL,
    EVENT   TEXT NOT NULL CHECK (EVENT IN ('acted', 'called', 'cached', 'restarted')),
    SUBJECT TEXT NOT NULL,                      -- what was done: an operation, the tables it is on
    ACCOUNT TEXT NOT NULL DEFAULT '',
    NUMBER  INTEGER,                            -- an instance of the scale unit
    STATUS  TEXT NOT NULL DEFAULT '',           -- what came of it
    DETAIL  TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (AFTERHQ, SINCE)
) STRICT, WITHOUT ROWID;
