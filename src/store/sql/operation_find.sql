-- One operation, with its channel's name, the number of its origin, and the channel database that
-- it was made in: its file may have stood in another's place when it went up.
SELECT t.*, p.NAME AS cdx_CHANNELNAME, coalesce((
    SELECT d.RECID FROM RETAILCDXDATASTORECHANNEL m
    JOIN RETAILCONNDATABASEPROFILE d ON d.RECID = m.DATASTORE AND d.DATASTORETYPE = 0
    WHERE m.CHANNEL = t.ORIGINATINGCHANNEL ORDER BY d.RECID
), t.cdx_DATASTORE) AS cdx_MADEIN, (
    SELECT CAST(substr(r.ORIGIN, 2) AS INTEGER) FROM cdx_RECEIVED r
    WHERE r.DATASTORE = t.cdx_DATASTORE AND r.COUNTER = t.REPLICATIONCOUNTERFROMORIGIN
        AND r.TABLENAME = '{table}' COLLATE NOCASE AND r.ORIGIN >= '#' AND r.ORIGIN < '$'
) AS cdx_NUMBER
FROM {table} t
LEFT JOIN RETAILCONNDATABASEPROFILE p ON p.RECID = t.cdx_DATASTORE
WHERE t.RECID = ?1
