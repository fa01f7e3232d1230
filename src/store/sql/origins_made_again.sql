-- Neither list depends on the table, so that each is read once.
SELECT u.TABLENAME, u.COUNTER
FROM cdx_UPLOADTABLE u
WHERE u.TABLENAME COLLATE NOCASE IN (SELECT name FROM sqlite_schema WHERE type = 'table')
AND u.TABLENAME COLLATE NOCASE NOT IN (
    SELECT tbl_name FROM sqlite_schema
    WHERE type = 'trigger' AND substr(name, 1, 11) = 'cdx_ORIGIN_'
)
ORDER BY u.TABLENAME
