INSERT INTO pkg.cdx_TABLE
    (SUBJOB, TARGET, WHOLE, ROWS, DELETED, COLUMNS, KEYCOLUMNS, SHARED, EXCLUDEOFFLINE)
VALUES
    (:subjob, :target, :whole, :rows, :deleted, :columns, :key, :shared, :exclude_offline)
