SELECT u.TABLENAME, u.COUNTER
FROM cdx_UPLOADTABLE u
JOIN sqlite_schema t ON t.type = 'table' AND t.name = u.TABLENAME COLLATE NOCASE
WHERE NOT EXISTS (SELECT 1 FROM sqlite_schema s WHERE s.type = 'trigger'
    AND s.tbl_name = t.name AND substr(s.name, 1, 11) = 'cdx_ORIGIN_')
ORDER BY u.TABLENAME
