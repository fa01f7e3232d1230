-- Customers of a channel that headquarters does not have and that no operation of a register made.
SELECT c.ACCOUNTNUM, coalesce(p.NAME, '')
FROM {channel}.ax_CUSTTABLE c
LEFT JOIN {channel}.ax_DIRPARTYTABLE p ON p.RECID = c.PARTY
LEFT JOIN {channel}.ax_RETAILCUSTTABLE r ON r.ACCOUNTNUM = c.ACCOUNTNUM
WHERE coalesce(r.CUSTACCOUNTASYNC, '') = ''
    AND NOT EXISTS (SELECT 1 FROM {hq}.CUSTTABLE h WHERE h.ACCOUNTNUM = c.ACCOUNTNUM)
ORDER BY c.ACCOUNTNUM
