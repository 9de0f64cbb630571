-- Stores a new session and enters it in its user's list.
-- KEYS: the session, the list. ARGV: id, user, epoch, current, device, began at, expires at.
local session, list = KEYS[1], KEYS[2]
local id, user, epoch, current, device, began_at, expires_at = unpack(ARGV)
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
return 1
