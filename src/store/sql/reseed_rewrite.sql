UPDATE main.{name} SET {column} = (
    SELECT a.NEW FROM temp.cdx_AGAIN a
    WHERE a.TABLENAME = ?1 AND a.OLD = main.{name}.{column}
)
WHERE {column} IN (SELECT OLD FROM temp.cdx_AGAIN WHERE TABLENAME = ?1)
