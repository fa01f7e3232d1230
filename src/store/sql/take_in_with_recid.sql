INSERT OR IGNORE INTO {table} (RECID, {list})
SELECT RECID, {values} FROM {aside}
WHERE typeof(RECID) = 'integer' AND RECID NOT IN (SELECT RECID FROM {table})
