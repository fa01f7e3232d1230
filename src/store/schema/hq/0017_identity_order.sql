-- Of each link of an identity the number of its origin, in the order in which links were made: 0
-- where it is not known (another program's, or an earlier version's).
ALTER TABLE cdx_IDENTITY ADD COLUMN MADE INTEGER NOT NULL DEFAULT 0;
