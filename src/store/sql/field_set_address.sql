-- Tells the channels with the address who set its fields last.
UPDATE LOGISTICSPOSTALADDRESS SET cdx_SETBY = (
    SELECT json_group_object(FIELD, json_array(
        SETAT, iif(SETTER = 'operation', DATASTORE, NULL), TABLENAME, COUNTER))
    FROM cdx_FIELDSET WHERE SUBJECT = 'address' AND ID = ?1)
WHERE RECID = CAST(?1 AS INTEGER)
