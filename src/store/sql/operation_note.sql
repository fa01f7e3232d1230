INSERT INTO cdx_CUSTOMEROPERATION (TABLENAME, ROW, STATUS, LASTERROR, CHANGES, PROCESSED)
VALUES (:table, :row, :status, :error, :changes, :now)
ON CONFLICT (TABLENAME, ROW) DO UPDATE SET
    STATUS    = excluded.STATUS,
    LASTERROR = iif(excluded.STATUS = :waiting, LASTERROR, excluded.LASTERROR),
    CHANGES   = coalesce(excluded.CHANGES, CHANGES),
    PROCESSED = excluded.PROCESSED
