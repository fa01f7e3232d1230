-- Goes from one version to the next, and does not read what each has logged.
WITH RECURSIVE v (VERSION) AS (
    SELECT min(VERSION) FROM {log}
    UNION ALL
    SELECT (SELECT min(l.VERSION) FROM {log} l WHERE l.VERSION > v.VERSION) FROM v
    WHERE v.VERSION IS NOT NULL
)
SELECT VERSION FROM v WHERE VERSION IS NOT NULL
