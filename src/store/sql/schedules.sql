SELECT s.RECID, s.NAME, s.ACTIVE, coalesce(b.RECURRING, 0), coalesce(b.RECID, 0),
    coalesce(b.CAPTION, ''), b.STATUS, coalesce(b.cdx_EVERY, 0), coalesce(b.cdx_FROM, '')
FROM RETAILCONNSCHEDULE s
LEFT JOIN BATCHJOB b ON b.RECID = s.BATCHJOBID
ORDER BY s.NAME
