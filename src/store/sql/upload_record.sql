UPDATE RETAILCDXUPLOADSESSION SET
    STATUS               = :status,
    MESSAGE              = :message,
    UPLOADPATH           = :path,
    LOCALUPLOADSESSIONID = :local,
    CHECKSUM             = :checksum,
    FILESIZE             = :bytes,
    ROWSAFFECTED         = :rows,
    DATEUPLOADED         = iif(:status = 2, :now, DATEUPLOADED)
WHERE UPLOADSESSIONID = :id
