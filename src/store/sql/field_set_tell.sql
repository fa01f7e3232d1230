-- Tells the channels, with the customer's party or the address, who set its fields last.
UPDATE {table} SET cdx_SETBY = (
    SELECT json_group_object(FIELD, json_array(
        SETAT, iif(SETTER = :operation, DATASTORE, NULL), TABLENAME, COUNTER, NUMBER))
    FROM (SELECT *, row_number() OVER (PARTITION BY FIELD ORDER BY SETAT DESC, ORDINAL DESC) AS AGE
          FROM cdx_FIELDSET WHERE SUBJECT = :subject AND ID = :id)
    WHERE AGE = 1)
WHERE RECID = {row}
