-- What the channel did to a customer's addresses, in the order people acted. A
-- row without a number of its own goes by its counter.
WITH own AS (
    SELECT t.*, CAST(substr(o.ORIGIN, 2) AS INTEGER) AS cdx_NUMBER
    FROM ax_RETAILASYNCADDRESSV2 t
    LEFT JOIN cdx_ORIGIN o ON o.TABLENAME = 'ax_RETAILASYNCADDRESSV2'
        AND o.COUNTER = t.REPLICATIONCOUNTERFROMORIGIN AND o.ORIGIN >= '#' AND o.ORIGIN < '$'
    WHERE t.CUSTACCOUNT = :account AND :account <> '' OR t.CUSTACCOUNTASYNC = :guid AND :guid <> '')
SELECT * FROM own
ORDER BY MODIFIEDDATETIME,
    coalesce(cdx_NUMBER, max(cdx_NUMBER) OVER (ORDER BY REPLICATIONCOUNTERFROMORIGIN)),
    REPLICATIONCOUNTERFROMORIGIN
