-- What the channel did to a customer's addresses, in the order people acted.
SELECT * FROM ax_RETAILASYNCADDRESSV2
WHERE CUSTACCOUNT = :account AND :account <> '' OR CUSTACCOUNTASYNC = :guid AND :guid <> ''
ORDER BY MODIFIEDDATETIME, REPLICATIONCOUNTERFROMORIGIN
