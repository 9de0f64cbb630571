-- Presents a token: the compare and the swap are one step, so that of any number of calls at once one rotates.
-- KEYS: the session. ARGV: id, presented, successor, now, grace, expires at, the beginning of a list's name.
local session = KEYS[1]
local id, presented, successor, now, grace, expires_at, sessions_of = unpack(ARGV)
local user, epoch, current, spent, spent_at, ends_at =
  unpack(redis.call('HMGET', session, 'user', 'epoch', 'current', 'spent', 'spent_at', 'expires_at'))
if not user then
  return { 'unknown' }
end
local list = sessions_of .. user
local function finish(answer)
  redis.call('DEL', session)
  redis.call('ZREM', list, id)
  return { answer }
end
-- Redis drops a session at its end by its own clock; the shop's clock has the last word.
if tonumber(ends_at) <= tonumber(now) then
  return finish('unknown')
end
if presented == current then
  local lifetime = expires_at - now
  redis.call('HSET', session, 'current', successor, 'spent', presented, 'spent_at', now, 'expires_at', expires_at)
  redis.call('PEXPIRE', session, lifetime)
  redis.call('ZADD', list, expires_at, id)
  if redis.call('PTTL', list) < lifetime then
    redis.call('PEXPIRE', list, lifetime)
  end
  return { 'rotated', user, epoch }
end
-- A moment "before" the token was spent comes from a machine whose clock is behind: within the grace too.
if presented == spent and now - spent_at <= tonumber(grace) then
  return { 'within grace', user, epoch }
end
return finish('reused')
