UPDATE RETAILCDXDOWNLOADSESSIONDATASTORE SET STATUS = :canceled, REPLACEDBY = :by, cdx_GIVENUP = 0,
    MESSAGE = 'replaced by full session ' || :by
WHERE SESSION_ = :session AND DATASTORE = :store
