-- Tells the channels with the party who set the customer's fields last.
UPDATE DIRPARTYTABLE SET cdx_SETBY = (
    SELECT json_group_object(FIELD, json_array(
        SETAT, iif(SETTER = 'operation', DATASTORE, NULL), TABLENAME, COUNTER, NUMBER))
    FROM (SELECT *, row_number() OVER (PARTITION BY FIELD ORDER BY SETAT DESC, ORDINAL DESC) AS AGE
          FROM cdx_FIELDSET WHERE SUBJECT = 'customer' AND ID = ?1)
    WHERE AGE = 1)
WHERE RECID = (SELECT PARTY FROM CUSTTABLE WHERE ACCOUNTNUM = ?1 COLLATE NOCASE)
