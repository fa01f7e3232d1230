INSERT INTO crt_DOWNLOADSESSION
    (ID, JOBID, JOBDESCRIPTION, FILESIZE, CHECKSUM, DATEREQUESTED, DATEDOWNLOADED, DATEAPPLIED,
     STATUS, MESSAGE, TERMINALID)
VALUES
    (:id, :job, :description, :size, :checksum, :now, :now, iif(:status = 4, :now, NULL),
     :status, :message, :terminal)
ON CONFLICT (ID) DO UPDATE SET
    DATEDOWNLOADED = excluded.DATEDOWNLOADED,
    DATEAPPLIED    = excluded.DATEAPPLIED,
    STATUS         = excluded.STATUS,
    MESSAGE        = excluded.MESSAGE
