-- Newer never loses to older: which fields an operation changed, and who set a field last.

-- The fields that an edit changed, a JSON list; none: the row is taken whole.
ALTER TABLE RETAILASYNCCUSTOMERV2 ADD COLUMN cdx_CHANGED TEXT;
ALTER TABLE RETAILASYNCADDRESSV2 ADD COLUMN cdx_CHANGED TEXT;

-- What stands in cdx_FIELDSET of a customer and of an address, for the channels; JSON by field.
ALTER TABLE DIRPARTYTABLE ADD COLUMN cdx_SETBY TEXT;
ALTER TABLE LOGISTICSPOSTALADDRESS ADD COLUMN cdx_SETBY TEXT;
-- The temporary id under which a channel made the address.
ALTER TABLE LOGISTICSPOSTALADDRESS ADD COLUMN cdx_ADDRESSID TEXT;

-- Channels know an address that came down by its RECID.
CREATE INDEX cdx_IX1_ASYNCADDRESS ON cdx_ASYNCADDRESS (ADDRESS);

-- Who set a field last, from each place, and when the person acted. Of several places the one
-- with the latest time stands, and at one time the highest ORDINAL, which was processed last.
CREATE TABLE cdx_FIELDSET (
    ORDINAL   INTEGER PRIMARY KEY,
    SUBJECT   TEXT NOT NULL CHECK (SUBJECT IN ('customer', 'address')),
    ID        TEXT NOT NULL COLLATE NOCASE, -- the account; the RECID of the postal address
    FIELD     TEXT NOT NULL,
    PLACE     TEXT NOT NULL,                -- headquarters, or a channel database and its table
    SETAT     TEXT NOT NULL,
    SETTER    TEXT NOT NULL
        CHECK (SETTER IN ('headquarters', 'real-time', 'status-form', 'operation')),
    DATASTORE INTEGER,                      -- the channel database it came from
    TABLENAME TEXT,                         -- the operation's table,
    ROW       INTEGER,                      -- its RECID there,
    COUNTER   INTEGER,                      -- and its replication counter,
    NUMBER    INTEGER,                      -- and the number of its origin, where it has one
    UNIQUE (SUBJECT, ID, FIELD, PLACE),
    CHECK (SETTER <> 'operation' OR DATASTORE IS NOT NULL AND TABLENAME IS NOT NULL
        AND ROW IS NOT NULL AND COUNTER IS NOT NULL)
) STRICT;

-- When a person saved a value of an operation on the status form.
CREATE TABLE cdx_SAVEDVALUE (
    TABLENAME  TEXT NOT NULL,
    ROW        INTEGER NOT NULL,
    COLUMNNAME TEXT NOT NULL COLLATE NOCASE,
    SAVEDAT    TEXT NOT NULL,
    PRIMARY KEY (TABLENAME, ROW, COLUMNNAME)
) STRICT, WITHOUT ROWID;

-- The fields that an operation left alone since a newer one had set them, JSON.
ALTER TABLE cdx_CUSTOMEROPERATION ADD COLUMN LEFTALONE TEXT;

-- The channel side as headquarters knows it has the columns too, initialized again or not.
UPDATE cdx_CHANNELTABLE
SET SQL = SQL || ';' || char(10) || 'ALTER TABLE ' || NAME || ' ADD COLUMN cdx_CHANGED TEXT'
WHERE NAME IN ('ax_RETAILASYNCCUSTOMERV2', 'ax_RETAILASYNCADDRESSV2');
UPDATE cdx_CHANNELTABLE
SET SQL = SQL || ';' || char(10) || 'ALTER TABLE ' || NAME || ' ADD COLUMN cdx_SETBY TEXT'
WHERE NAME IN ('ax_DIRPARTYTABLE', 'ax_LOGISTICSPOSTALADDRESS');
UPDATE cdx_CHANNELTABLE
SET SQL = SQL || ';' || char(10) || 'ALTER TABLE ' || NAME || ' ADD COLUMN cdx_ADDRESSID TEXT'
WHERE NAME = 'ax_LOGISTICSPOSTALADDRESS';
