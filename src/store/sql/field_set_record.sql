INSERT OR REPLACE INTO cdx_FIELDSET
    (SUBJECT, ID, FIELD, PLACE, SETAT, SETTER, DATASTORE, TABLENAME, ROW, COUNTER, NUMBER)
VALUES (:subject, :id, :field, :place, :at, :setter, :store, :table, :row, :counter, :number)
