SELECT * FROM ({operations})
WHERE (:status IS NULL OR STATUS = :status)
    AND (:channel IS NULL OR D = :channel)
    AND (:kind IS NULL OR TABLENAME = :kind)
    AND (:row IS NULL OR RECID = :row)
    AND (:since IS NULL OR T >= :since)
    AND (:action IS NULL OR OPERATION = :action)
    AND (:account IS NULL
        OR CUSTACCOUNT = :account AND :account <> ''
        OR CUSTACCOUNTASYNC = :guid AND :guid <> '')
ORDER BY T, D, K, C
