-- What the channel did to a customer, in the order people acted (R10).
SELECT * FROM ax_RETAILASYNCCUSTOMERV2
WHERE CUSTACCOUNT = :account AND :account <> '' OR CUSTACCOUNTASYNC = :guid AND :guid <> ''
ORDER BY MODIFIEDDATETIME, REPLICATIONCOUNTERFROMORIGIN
