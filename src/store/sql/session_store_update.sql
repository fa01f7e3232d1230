UPDATE RETAILCDXDOWNLOADSESSIONDATASTORE SET
    STATUS         = :status,
    TRYCOUNT       = :tries,
    cdx_GIVENUP    = :givenup,
    ROWSAFFECTED   = :rows,
    MESSAGE        = :message,
    REPLACEDBY     = coalesce(:replaced, 0),
    DATEREQUESTED  = coalesce(:requested, '1900-01-01 00:00:00.000'),
    DATEDOWNLOADED = coalesce(:downloaded, '1900-01-01 00:00:00.000'),
    DATEAPPLIED    = coalesce(:applied, '1900-01-01 00:00:00.000')
WHERE SESSION_ = :session AND DATASTORE = :store
