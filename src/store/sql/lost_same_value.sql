 AND ({filled}t.{from} IS c.{to} OR {column} COLLATE NOCASE IN (
    SELECT json_extract(e.value, '$.attribute')
    FROM {hq}.cdx_CUSTOMEROPERATION o, json_each(o.EDITS) e
    WHERE o.TABLENAME = '{table}' AND o.ROW = t.RECID
))
