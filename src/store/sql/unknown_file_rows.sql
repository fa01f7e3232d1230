-- The rows of an upload table of a channel that headquarters has not received.
SELECT count(*) FROM ch.{table} c
LEFT JOIN ch.cdx_ORIGIN o ON o.TABLENAME = :table AND o.COUNTER = c.{counter}
WHERE CASE WHEN o.ORIGIN IS NULL
    THEN c.{counter} > (SELECT coalesce(max(l.FILTERMAX), 0) FROM ch.crt_TABLEREPLICATIONLOG l
        WHERE l.TABLENAME = :table COLLATE NOCASE)
    ELSE NOT EXISTS (SELECT 1 FROM main.cdx_RECEIVED r WHERE r.ORIGIN = o.ORIGIN)
    END
