INSERT INTO cdx_ORIGIN (TABLENAME, COUNTER, ORIGIN)
SELECT :table, t.{counter}, f.ID || '/' || (f.WRITES + row_number() OVER (ORDER BY t.{counter}))
FROM {table} t, cdx_FILE f
WHERE t.{counter} > :after AND NOT EXISTS (
    SELECT 1 FROM cdx_ORIGIN o WHERE o.TABLENAME = :table AND o.COUNTER = t.{counter})
