-- Stores a new session and enters it in its user's list. Where the list gets too long by it, the others end that were
-- used longest ago: as one step, so that sessions that begin at once leave no more than there may be.
-- KEYS: the session, the list. ARGV: id, user, epoch, current, device, began at, expires at, how many there may be, the
-- beginning of a session's name.
local session, list = KEYS[1], KEYS[2]
local id, user, epoch, current, device, began_at, expires_at, most, prefix = unpack(ARGV)
local lifetime = expires_at - began_at
if lifetime <= 0 then
  return 0
end
redis.call('HSET', session, 'user', user, 'epoch', epoch, 'current', current, 'device', device,
  'began_at', began_at, 'expires_at', expires_at)
redis.call('PEXPIRE', session, lifetime)
-- Sessions that ran out on their own leave the list here, so that it does not grow for ever.
redis.call('ZREMRANGEBYSCORE', list, '-inf', began_at)
redis.call('ZADD', list, expires_at, id)
if redis.call('PTTL', list) < lifetime then
  redis.call('PEXPIRE', list, lifetime)
end
local excess = redis.call('ZCARD', list) - most
if excess <= 0 then
  return 1
end
local others = {}
for _, other in ipairs(redis.call('ZRANGE', list, 0, -1)) do
  if other ~= id then
    -- One that Redis has dropped by its own clock was used longest ago of all, and leaves the list first.
    local began, spent = unpack(redis.call('HMGET', prefix .. other, 'began_at', 'spent_at'))
    table.insert(others, { id = other, used = tonumber(spent or began or '0') })
  end
end
table.sort(others, function(one, two)
  if one.used ~= two.used then
    return one.used < two.used
  end
  return one.id > two.id
end)
for place = 1, excess do
  redis.call('DEL', prefix .. others[place].id)
  redis.call('ZREM', list, others[place].id)
end
return 1
