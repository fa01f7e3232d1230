INSERT OR REPLACE INTO cdx_MERGED (SOURCE, TABLENAME, LASTCOUNTER)
VALUES (:source, :table, max(:last, coalesce((SELECT max({counter}) FROM other.{name}), 0)))
