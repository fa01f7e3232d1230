-- The rows that the next merge brings, counted in the file that they come from.
SELECT count(*)
FROM main.{table} c
LEFT JOIN main.cdx_ORIGIN o ON o.TABLENAME = :table AND o.COUNTER = c.{counter}
WHERE {absent} AND CASE
    WHEN o.ORIGIN IS NULL THEN c.{counter} > :last
    ELSE NOT EXISTS (SELECT 1 FROM channel.cdx_ORIGIN k WHERE k.ORIGIN = o.ORIGIN)
        AND NOT EXISTS (SELECT 1 FROM hq.cdx_RECEIVED r WHERE r.ORIGIN = o.ORIGIN)
    END
