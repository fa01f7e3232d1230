-- Files that are put back, made again or another's are noticed (U10), and a row that has come up is
-- known by where it was made, not by its counter (U01, U07).

-- Which file this is. The id is empty until a command that writes has given it one.
CREATE TABLE cdx_FILE (
    ONE    INTEGER PRIMARY KEY CHECK (ONE = 1),
    ID     TEXT NOT NULL,
    WRITES INTEGER NOT NULL         -- rows inserted into upload tables; of channel databases
) STRICT;
INSERT INTO cdx_FILE (ONE, ID, WRITES) VALUES (1, '', 0);

-- The file last seen under each channel database's name, and the number of the last exchange with
-- it, which both files keep. An exchange that has begun is pending: the other file may have its
-- number. Each has a number of its own, so that no copy of a file knows it beforehand.
CREATE TABLE cdx_PARTNER (
    NAME    TEXT PRIMARY KEY COLLATE NOCASE,
    ID      TEXT NOT NULL,
    MARK    INTEGER NOT NULL,
    PENDING INTEGER,
    EARLIER TEXT NOT NULL DEFAULT '[]' -- those that began before it and did not end, JSON
) STRICT, WITHOUT ROWID;

-- Where every row that has come up was made; such a row is never taken a second time.
CREATE TABLE cdx_RECEIVED (
    ORIGIN    TEXT PRIMARY KEY,
    TABLENAME TEXT NOT NULL,        -- headquarters' table
    DATASTORE INTEGER NOT NULL,     -- the channel database it came from
    COUNTER   INTEGER NOT NULL      -- the counter it came with
) STRICT, WITHOUT ROWID;
CREATE INDEX cdx_RECEIVED_ROW ON cdx_RECEIVED (DATASTORE, COUNTER);

-- Channel databases whose file was not the one last seen, until their rows have been looked after.
CREATE TABLE cdx_REPLACED (
    DATASTORE INTEGER PRIMARY KEY,
    CAUSE     TEXT NOT NULL CHECK (CAUSE IN ('older', 'headquarters-older', 'another')),
    NOTICED   TEXT NOT NULL
) STRICT;

-- Accounts that a channel knows of temporary ids, and that headquarters, put back from a copy, does
-- not know any more: a creation that is sent again gets its account again.
CREATE TABLE cdx_KNOWNACCOUNT (
    GUID    TEXT PRIMARY KEY COLLATE NOCASE,
    ACCOUNT TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Customers that a channel has and that headquarters, put back from a copy, does not have any more:
-- no operation can bring them again.
CREATE TABLE cdx_GONE (
    DATASTORE INTEGER NOT NULL,     -- the channel database that has them
    ACCOUNT   TEXT NOT NULL COLLATE NOCASE,
    NAME      TEXT NOT NULL,
    PRIMARY KEY (DATASTORE, ACCOUNT)
) STRICT, WITHOUT ROWID;
