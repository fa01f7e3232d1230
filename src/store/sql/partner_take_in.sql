INSERT INTO cdx_PARTNER (NAME, ID, MARK, PENDING)
VALUES (:name, :id, :known, :mark)
ON CONFLICT (NAME) DO UPDATE SET ID = :id, MARK = :known, PENDING = :mark, EARLIER = '[]'
