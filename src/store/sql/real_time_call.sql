INSERT OR IGNORE INTO cdx_REALTIMECALL
    (ID, INSTANCE, OPERATION, REQUEST, ACCOUNT, OUTCOME, REASONS, CALLED)
VALUES
    (:id, :instance, :operation, :request, :account, :outcome, :reasons, :called)
