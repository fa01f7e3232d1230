INSERT INTO LOGISTICSPOSTALADDRESS
    (RECID, LOCATION, ADDRESS, STREET, CITY, STATE, ZIPCODE, COUNTY, COUNTRYREGIONID,
     VALIDFROM, VALIDTO, MODIFIEDDATETIME)
VALUES
    (:recid, :location, :street || char(10) || :city || ', ' || :state || ' ' || :zip, :street,
     :city, :state, :zip, :county, :country, :now, '2154-12-31 23:59:59.000', :now)
