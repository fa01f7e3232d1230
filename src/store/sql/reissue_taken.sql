SELECT c.{column}
FROM temp.cdx_AGAIN a
JOIN main.{name} c ON c.{counter} = a.OLD
WHERE a.TABLENAME = :table AND c.OPERATION = :create AND c.{column} <> ''
    AND (c.{column} IN (SELECT {column} FROM hq.{theirs} WHERE OPERATION = :create){known})
    AND NOT EXISTS (
        SELECT 1 FROM hq.{theirs} t
        WHERE +t.cdx_DATASTORE = :store AND t.{customer} = c.{customer}
            AND t.{column} = c.{column}{same}
    )
GROUP BY c.{column}
ORDER BY min(a.OLD)
