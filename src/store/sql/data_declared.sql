SELECT "from", "table", ifnull("to", (SELECT name FROM pragma_table_info("table") WHERE pk = 1))
FROM pragma_foreign_key_list(?1)
WHERE id IN (SELECT id FROM pragma_foreign_key_list(?1) GROUP BY id HAVING count(*) = 1)
ORDER BY id
