UPDATE LOGISTICSPOSTALADDRESS SET
    ADDRESS          = :street || char(10) || :city || ', ' || :state || ' ' || :zip,
    STREET           = :street,
    CITY             = :city,
    STATE            = :state,
    ZIPCODE          = :zip,
    COUNTY           = :county,
    COUNTRYREGIONID  = :country,
    MODIFIEDDATETIME = :now
WHERE RECID = :recid
