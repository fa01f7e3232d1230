SELECT DISTINCT p.{column} FROM main.{parent} p
WHERE {scope} AND NOT EXISTS (SELECT 1 FROM main.{table} t WHERE t.{own} = p.{column})
ORDER BY p.{column} LIMIT {most}
