-- Its databases' rows name a session by its RECID (SESSION_), which is its number here.
INSERT INTO RETAILCDXDOWNLOADSESSION
    (RECID, SESSION_, JOBID, DATAGROUP, SCHEDULE, STATUS, SESSIONTYPE, SYNCROWVERSION,
     CURRENTROWVERSION)
VALUES
    (:session, :session, :job, :group, :schedule, :status, :type, :since, :until)
