SELECT n.name, n.dflt_value
FROM pragma_table_info(?1) n
JOIN pragma_table_info(?2) o ON o.name = n.name COLLATE NOCASE
ORDER BY n.cid
