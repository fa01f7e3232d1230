-- A register that is offline knows of headquarters what its file does.
INSERT INTO cdx_LOG (AFTERHQ, SINCE, AT, EVENT, SUBJECT, ACCOUNT, NUMBER, STATUS, DETAIL)
SELECT k.AFTERHQ,
    1 + coalesce((SELECT max(SINCE) FROM cdx_LOG l WHERE l.AFTERHQ = k.AFTERHQ), 0),
    :at, :event, :subject, :account, :number, :status, :detail
FROM (SELECT max(:known, coalesce((SELECT max(AFTERHQ) FROM cdx_LOG), 0)) AS AFTERHQ) k
