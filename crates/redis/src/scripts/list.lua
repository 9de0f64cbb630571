-- The user's sessions that have not run out: of each its id, epoch, device, when it began, when its last token was
-- spent (nothing if none was) and when it ends.
-- KEYS: the user's list. ARGV: now, the beginning of a session's name.
local list = KEYS[1]
local now, prefix = unpack(ARGV)
local found = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', list, '(' .. now, '+inf')) do
  local epoch, device, began_at, spent_at, expires_at =
    unpack(redis.call('HMGET', prefix .. id, 'epoch', 'device', 'began_at', 'spent_at', 'expires_at'))
  -- Redis may have dropped it at its end by its own clock.
  if epoch then
    table.insert(found, { id, epoch, device or '', began_at or '0', spent_at or '', expires_at })
  end
end
return found
