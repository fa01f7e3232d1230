-- Operations of registers by their RECIDs, with what one must have that makes a customer and
-- nothing else: no customer has its temporary id, nobody has corrected it on the status form.
SELECT
    j.key AS K, t.RECID AS ROW, t.CUSTACCOUNTASYNC AS GUID, t.ORIGINATINGCHANNEL AS CHANNEL,
    t.MODIFIEDDATETIME AS SETAT, t.cdx_DATASTORE AS STORE,
    t.REPLICATIONCOUNTERFROMORIGIN AS COUNTER, t.cdx_CHANGED AS CHANGED, (
        SELECT CAST(substr(r.ORIGIN, 2) AS INTEGER) FROM cdx_RECEIVED r
        WHERE r.DATASTORE = t.cdx_DATASTORE AND r.COUNTER = t.REPLICATIONCOUNTERFROMORIGIN
            AND r.TABLENAME = :table COLLATE NOCASE AND r.ORIGIN >= '#' AND r.ORIGIN < '$'
    ) AS NUMBER,
    t.OPERATION = :create AND t.CUSTACCOUNT = ''
        AND NOT EXISTS (SELECT 1 FROM RETAILCUSTTABLE r
            WHERE r.CUSTACCOUNTASYNC = upper(t.CUSTACCOUNTASYNC))
        AND NOT EXISTS (SELECT 1 FROM cdx_KNOWNACCOUNT k WHERE k.GUID = t.CUSTACCOUNTASYNC)
        AND NOT EXISTS (SELECT 1 FROM cdx_SAVEDVALUE s
            WHERE s.TABLENAME = :table AND s.ROW = t.RECID) AS PLAIN{fields}
FROM json_each(:rows) j
CROSS JOIN RETAILASYNCCUSTOMERV2 t ON t.RECID = j.value
