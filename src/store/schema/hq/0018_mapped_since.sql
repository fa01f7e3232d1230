-- Of each mapped field the row version that was open when it was mapped: 0 for those that were
-- there before this was kept.
ALTER TABLE cdx_SUBJOBFIELDTARGET ADD COLUMN SINCE INTEGER NOT NULL DEFAULT 0;
