-- Whose session it is, the account's epoch when it began, and when that was; nothing if there is no such session.
-- KEYS: the session.
local user, epoch, began_at = unpack(redis.call('HMGET', KEYS[1], 'user', 'epoch', 'began_at'))
if user then
  -- Sessions of before they kept their beginning count as begun in 1970.
  return { user, epoch, began_at or '0' }
end
return {}
