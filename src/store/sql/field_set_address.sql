-- Tells the channels with the address who set its fields last.
UPDATE LOGISTICSPOSTALADDRESS SET cdx_SETBY = (
    SELECT json_group_object(FIELD, json_array(
        SETAT, iif(SETTER = 'operation', DATASTORE, NULL), TABLENAME, COUNTER, NUMBER))
    FROM (SELECT *, row_number() OVER (PARTITION BY FIELD ORDER BY SETAT DESC, ORDINAL DESC) AS AGE
          FROM cdx_FIELDSET WHERE SUBJECT = 'address' AND ID = ?1)
    WHERE AGE = 1)
WHERE RECID = CAST(?1 AS INTEGER)
