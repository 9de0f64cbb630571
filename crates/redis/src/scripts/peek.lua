-- Says what `take.lua` would, and changes nothing.
-- KEYS: the uses. ARGV: times, per, now.
local uses = KEYS[1]
local times, per, now = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
if redis.call('ZCOUNT', uses, string.format('(%.0f', now - per), '+inf') < times then
  return 0
end
local blocking = redis.call('ZRANGE', uses, -times, -times, 'WITHSCORES')
return blocking[2] + per - now
