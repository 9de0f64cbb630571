-- Counts one more use if the limit allows it: the look and the count are one step, so that of any number of calls at
-- once no more are granted than the limit says. Answers how many milliseconds to wait; 0 = granted.
-- KEYS: the uses. ARGV: times, per, now.
local uses = KEYS[1]
local times, per, now = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
-- A use counts until exactly `per` after it. One that lies in the future counts: another machine's clock is ahead.
redis.call('ZREMRANGEBYSCORE', uses, '-inf', now - per)
local counted = redis.call('ZCARD', uses)
if counted >= times then
  local blocking = redis.call('ZRANGE', uses, counted - times, counted - times, 'WITHSCORES')
  return blocking[2] + per - now
end
-- Uses of one millisecond leave together, so their number among themselves tells them apart.
local twins = redis.call('ZCOUNT', uses, now, now)
redis.call('ZADD', uses, now, string.format('%.0f', now) .. ':' .. twins)
redis.call('PEXPIRE', uses, ARGV[2])
return 0
