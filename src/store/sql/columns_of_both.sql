SELECT n.name
FROM pragma_table_info(?1) n
JOIN pragma_table_info(?2) o ON o.name = n.name COLLATE NOCASE
WHERE n.name <> 'RECID'
ORDER BY n.cid
