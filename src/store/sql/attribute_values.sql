-- A customer's attributes that have a value.
SELECT coalesce(a.NAME, 'attribute ' || v.ATTRIBUTE) AS NAME, v.VALUE
FROM cdx_CUSTOMERATTRIBUTE v
LEFT JOIN ECORESATTRIBUTE a ON a.RECID = v.ATTRIBUTE
WHERE v.ACCOUNT = :account AND v.VALUE <> ''
ORDER BY 1
