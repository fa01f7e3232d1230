-- How many rows a package changed: a column, where it used to be words of the session's message.
ALTER TABLE crt_DOWNLOADSESSIONDATAFILEHISTORY ADD COLUMN cdx_ROWS INT NOT NULL DEFAULT 0;

UPDATE crt_DOWNLOADSESSIONDATAFILEHISTORY AS h SET cdx_ROWS = coalesce((
    SELECT CAST(l.MESSAGE AS INTEGER)
    FROM crt_DOWNLOADSESSIONLOG l
    WHERE l.STATUS = 4
        AND h.DATAFILENAME LIKE printf('%%-%06d-____________.db', l.DOWNLOADSESSIONID)
    ORDER BY l.ID DESC LIMIT 1
), 0);
