-- What happened, in order. An entry's number is known to every channel database that is written
-- after it, so that theirs find their place among these.
CREATE TABLE cdx_LOG (
    ID        INTEGER PRIMARY KEY AUTOINCREMENT,
    AT        TEXT NOT NULL,
    EVENT     TEXT NOT NULL CHECK (EVENT IN
        ('switched', 'generated', 'applied', 'uploaded', 'processed', 'failed')),
    DATASTORE INTEGER,                          -- the channel database it is about
    SUBJECT   TEXT NOT NULL,                    -- a feature, a job, an operation
    NUMBER    INTEGER,                          -- a session
    STATUS    TEXT NOT NULL,                    -- a word, or a documented number
    COUNT     INTEGER NOT NULL DEFAULT 0,       -- rows, or operations
    DETAIL    TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TRIGGER cdx_LOG_SWITCHED AFTER INSERT ON cdx_FEATURELOG WHEN NEW.EVENT <> 'listed' BEGIN
    INSERT INTO cdx_LOG (AT, EVENT, SUBJECT, STATUS, DETAIL)
    VALUES (NEW.AT, 'switched', NEW.NAME, NEW.EVENT, NEW.DETAIL);
END;

-- Available, Canceled, CreateFailed, NoData.
CREATE TRIGGER cdx_LOG_GENERATED AFTER UPDATE OF STATUS ON RETAILCDXDOWNLOADSESSION
WHEN NEW.STATUS <> OLD.STATUS AND NEW.STATUS IN (1, 5, 6, 9) BEGIN
    INSERT INTO cdx_LOG (AT, EVENT, SUBJECT, NUMBER, STATUS, COUNT, DETAIL)
    SELECT VALUE, 'generated', NEW.JOBID, NEW.SESSION, NEW.STATUS, NEW.ROWSAFFECTED, NEW.MESSAGE
    FROM cdx_WORLD WHERE KEY = 'clock';
END;

-- Applied, Canceled, DownloadFailed, ApplyFailed, Suspended.
CREATE TRIGGER cdx_LOG_APPLIED AFTER UPDATE OF STATUS ON RETAILCDXDOWNLOADSESSIONDATASTORE
WHEN NEW.STATUS <> OLD.STATUS AND NEW.STATUS IN (4, 5, 7, 8, 10) BEGIN
    INSERT INTO cdx_LOG (AT, EVENT, DATASTORE, SUBJECT, NUMBER, STATUS, COUNT, DETAIL)
    SELECT w.VALUE, 'applied', NEW.DATASTORE, s.JOBID, NEW.SESSION, NEW.STATUS,
        NEW.ROWSAFFECTED, NEW.MESSAGE
    FROM cdx_WORLD w, RETAILCDXDOWNLOADSESSION s WHERE w.KEY = 'clock' AND s.SESSION = NEW.SESSION;
END;

-- All but Started.
CREATE TRIGGER cdx_LOG_UPLOADED AFTER UPDATE OF STATUS ON RETAILCDXUPLOADSESSION
WHEN NEW.STATUS <> OLD.STATUS AND NEW.STATUS > 0 BEGIN
    INSERT INTO cdx_LOG (AT, EVENT, DATASTORE, SUBJECT, NUMBER, STATUS, COUNT, DETAIL)
    SELECT VALUE, 'uploaded', NEW.DATASTORE, NEW.JOBID, NEW.UPLOADSESSIONID, NEW.STATUS,
        NEW.ROWSAFFECTED, NEW.MESSAGE
    FROM cdx_WORLD WHERE KEY = 'clock';
END;
