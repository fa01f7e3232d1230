INSERT INTO crt_DOWNLOADSESSION
    (ID, JOBID, JOBDESCRIPTION, FILESIZE, CHECKSUM, DATEREQUESTED, DATEDOWNLOADED, DATEAPPLIED,
     STATUS, MESSAGE, TERMINALID)
VALUES
    (:id, :job, :description, :size, :checksum, :now, :now, :applied,
     :status, :message, :terminal)
ON CONFLICT (ID) DO UPDATE SET
    DATEDOWNLOADED = excluded.DATEDOWNLOADED,
    DATEAPPLIED    = excluded.DATEAPPLIED,
    STATUS         = excluded.STATUS,
    MESSAGE        = excluded.MESSAGE
