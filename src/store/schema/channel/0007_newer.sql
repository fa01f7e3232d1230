-- Newer never loses to older: which fields an operation changed, and who set a field last.

-- The fields that an edit changed, a JSON list; none: the row is taken whole.
ALTER TABLE ax_RETAILASYNCCUSTOMERV2 ADD COLUMN cdx_CHANGED TEXT;
ALTER TABLE ax_RETAILASYNCADDRESSV2 ADD COLUMN cdx_CHANGED TEXT;

-- Who set a customer's or an address's fields last, as headquarters had it; JSON by field.
ALTER TABLE ax_DIRPARTYTABLE ADD COLUMN cdx_SETBY TEXT;
ALTER TABLE ax_LOGISTICSPOSTALADDRESS ADD COLUMN cdx_SETBY TEXT;
-- The temporary id under which a channel made the address.
ALTER TABLE ax_LOGISTICSPOSTALADDRESS ADD COLUMN cdx_ADDRESSID TEXT;
