-- What the channel's registers took features for when they were last started, JSON by name;
-- registers that were never started see what the database says.
CREATE TABLE cdx_REGISTER (
    ONE      INTEGER PRIMARY KEY CHECK (ONE = 1),
    FEATURES TEXT NOT NULL,
    STARTED  TEXT NOT NULL
) STRICT;
