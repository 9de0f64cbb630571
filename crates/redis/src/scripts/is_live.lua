-- Whether there is such a session.
-- KEYS: the session. ARGV: now.
local ends_at = redis.call('HGET', KEYS[1], 'expires_at')
if ends_at and tonumber(ends_at) > tonumber(ARGV[1]) then
  return 1
end
return 0
