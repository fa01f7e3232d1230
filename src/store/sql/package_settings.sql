-- The file is thrown away when anything fails. The journal in memory holds next to nothing (pages
-- that are new need none), and without one a full disk would be told as a database that is damaged,
-- and indexes could not be taken back. Values longer than the channel's columns are let through
-- here: they must fail where they are applied (D12).
PRAGMA pkg.page_size = 8192;
PRAGMA pkg.journal_mode = MEMORY;
PRAGMA pkg.synchronous = OFF;
PRAGMA pkg.cache_size = -8192;
PRAGMA ignore_check_constraints = ON;
