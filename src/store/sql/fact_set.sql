INSERT INTO cdx_FACT (NAME, VALUE, VERSION)
VALUES (:name, :value, :version)
ON CONFLICT (NAME) DO UPDATE SET
    VALUE = excluded.VALUE,
    VERSION = iif(:same, VERSION, excluded.VERSION)
