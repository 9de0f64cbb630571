-- Ends a session for whoever has its current token or the one spent last.
-- KEYS: the session. ARGV: id, presented, the beginning of a list's name.
local session = KEYS[1]
local id, presented, sessions_of = unpack(ARGV)
local user, current, spent = unpack(redis.call('HMGET', session, 'user', 'current', 'spent'))
if user and (presented == current or presented == spent) then
  redis.call('DEL', session)
  redis.call('ZREM', sessions_of .. user, id)
end
return 0
