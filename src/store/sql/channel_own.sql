-- What the channel did to a customer, or to its addresses, in the order people acted (R10). A
-- row without a number of its own goes by its counter.
WITH own AS (
    SELECT t.*, CAST(substr(o.ORIGIN, 2) AS INTEGER) AS cdx_NUMBER
    FROM ax_{table} t
    LEFT JOIN cdx_ORIGIN o ON o.TABLENAME = 'ax_{table}'
        AND o.COUNTER = t.REPLICATIONCOUNTERFROMORIGIN AND o.ORIGIN >= '#' AND o.ORIGIN < '$'
    WHERE t.CUSTACCOUNT = :account AND :account <> '' OR t.CUSTACCOUNTASYNC = :guid AND :guid <> '')
SELECT * FROM own
ORDER BY MODIFIEDDATETIME,
    coalesce(cdx_NUMBER, max(cdx_NUMBER) OVER (ORDER BY REPLICATIONCOUNTERFROMORIGIN)),
    REPLICATIONCOUNTERFROMORIGIN
