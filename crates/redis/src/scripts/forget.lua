-- Forgets every use.
-- KEYS: the uses.
redis.call('DEL', KEYS[1])
return 0
