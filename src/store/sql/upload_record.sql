UPDATE RETAILCDXUPLOADSESSION SET
    STATUS               = :status,
    MESSAGE              = :message,
    UPLOADPATH           = :path,
    LOCALUPLOADSESSIONID = :local,
    CHECKSUM             = :checksum,
    FILESIZE             = :bytes,
    ROWSAFFECTED         = :rows,
    DATEUPLOADED         = iif(:status = :uploaded, :now, DATEUPLOADED)
WHERE UPLOADSESSIONID = :id
