-- Addresses of headquarters, or of a channel, in force or not.
SELECT CAST(a.RECID AS TEXT) AS ADDRESSID, {fields}, a.VALIDTO > '2154' AS INFORCE{more}
FROM {ax}DIRPARTYLOCATION l
JOIN {ax}LOGISTICSPOSTALADDRESS a ON a.LOCATION = l.LOCATION
