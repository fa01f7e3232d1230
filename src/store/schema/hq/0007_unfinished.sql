-- What could not be finished: why not, since when, and the database that is in the way.
ALTER TABLE cdx_INTENT ADD COLUMN PROBLEM TEXT;
ALTER TABLE cdx_INTENT ADD COLUMN SINCE TEXT;
ALTER TABLE cdx_INTENT ADD COLUMN INTHEWAY TEXT;
