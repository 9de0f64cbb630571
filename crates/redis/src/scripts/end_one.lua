-- Ends a session of the user; nobody else's.
-- KEYS: the session, the user's list. ARGV: id, user.
local session, list = KEYS[1], KEYS[2]
local id, user = unpack(ARGV)
if redis.call('HGET', session, 'user') ~= user then
  return 0
end
redis.call('DEL', session)
redis.call('ZREM', list, id)
return 1
