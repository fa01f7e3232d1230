c.{counter} <= :reached AND CASE
    WHEN EXISTS (
        SELECT 1 FROM {channel}.cdx_ORIGIN o
        WHERE o.TABLENAME = :table AND o.COUNTER = c.{counter}
    )
    THEN NOT EXISTS (
        SELECT 1 FROM {channel}.cdx_ORIGIN o
        WHERE o.TABLENAME = :table AND o.COUNTER = c.{counter}
            AND (o.ORIGIN IN (SELECT value FROM json_each(:way))
                OR EXISTS (
                    SELECT 1 FROM {hq}.cdx_RECEIVED r
                    WHERE r.ORIGIN = o.ORIGIN AND (o.ORIGIN LIKE '#%' OR EXISTS (
                        SELECT 1 FROM {hq}.{table} t
                        WHERE {of_store}t.{theirs} = r.COUNTER{same}
                    ))
                ))
    )
    ELSE NOT EXISTS (
        SELECT 1 FROM {hq}.{table} t WHERE {of_store}t.{theirs} = c.{counter}{same}
    ) AND NOT EXISTS (
        SELECT 1 FROM {hq}.cdx_UPLOADRANGE r
        WHERE r.TABLENAME = :table AND c.{counter} BETWEEN r.FILTERMIN AND r.FILTERMAX
            AND r.SESSION IN (SELECT value FROM json_each(:open))
    )
END
