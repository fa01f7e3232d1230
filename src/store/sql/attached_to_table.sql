SELECT type || ' ' || name
FROM sqlite_schema
WHERE tbl_name = ?1 COLLATE NOCASE AND type IN ('index', 'trigger') AND sql IS NOT NULL
