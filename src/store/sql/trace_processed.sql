SELECT o.PROCESSED
FROM {table} t
JOIN cdx_CUSTOMEROPERATION o ON o.TABLENAME = '{table}' AND o.ROW = t.RECID
WHERE t.CUSTACCOUNTASYNC = :guid AND :guid <> '' OR t.CUSTACCOUNT = :account AND :account <> ''
