UPDATE cdx_PARTNER SET MARK = :mark, PENDING = nullif(PENDING, :mark),
    EARLIER = (SELECT json_group_array(e.value) FROM json_each(EARLIER) e WHERE e.value > :mark)
WHERE NAME = :name
