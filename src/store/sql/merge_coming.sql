-- The rows of another file that this one never had and headquarters neither, with their new
-- counters. A row that does not say where it was made came over already when its counter is not
-- above :last.
INSERT INTO temp.cdx_COMING (OLD, NEW, ORIGIN)
SELECT c.{counter}, :base + row_number() OVER (ORDER BY c.{counter}), o.ORIGIN
FROM other.{table} c
LEFT JOIN other.cdx_ORIGIN o ON o.TABLENAME = :table AND o.COUNTER = c.{counter}
WHERE {absent} AND CASE
    WHEN o.ORIGIN IS NULL THEN c.{counter} > :last
    ELSE NOT EXISTS (SELECT 1 FROM main.cdx_ORIGIN k WHERE k.ORIGIN = o.ORIGIN)
        AND NOT EXISTS (SELECT 1 FROM hq.cdx_RECEIVED r WHERE r.ORIGIN = o.ORIGIN)
    END
