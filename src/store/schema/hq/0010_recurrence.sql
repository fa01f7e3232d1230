-- How often a recurring batch runs, in minutes (0: nobody has said), and from when that is counted.
-- The product keeps both in the batch job's recurrence; these columns are ours.
ALTER TABLE BATCHJOB ADD COLUMN cdx_EVERY INT NOT NULL DEFAULT 0;
ALTER TABLE BATCHJOB ADD COLUMN cdx_FROM TEXT NOT NULL DEFAULT '';
