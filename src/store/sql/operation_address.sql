-- The temporary id of the address that a row is about; a channel may name one by its RECID.
coalesce((SELECT a.ADDRESSID FROM cdx_ASYNCADDRESS a
    WHERE a.ADDRESS = CAST(t.ADDRESSID AS INTEGER) AND t.ADDRESSID NOT LIKE '%-%'), t.ADDRESSID)
