-- Rows that say something in a column and were not touched since a row version.
SELECT count(*) FROM {table} AS t
WHERE t.{column} IS NOT NULL AND t.{column} <> {empty}
    AND NOT EXISTS (SELECT 1 FROM {log} AS l WHERE l.VERSION >= :since AND {same})
