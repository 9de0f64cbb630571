-- Whose session it is, and the account's epoch when it began; nothing if there is no such session.
-- KEYS: the session.
local user, epoch = unpack(redis.call('HMGET', KEYS[1], 'user', 'epoch'))
if user then
  return { user, epoch }
end
return {}
