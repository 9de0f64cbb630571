-- Ends every session of a user but one. As one step, so that none rotates between the list and its entries.
-- KEYS: the user's list. ARGV: the beginning of a session's name, the id of the one that stays.
local list = KEYS[1]
local prefix, kept = unpack(ARGV)
for _, id in ipairs(redis.call('ZRANGE', list, 0, -1)) do
  if id ~= kept then
    redis.call('DEL', prefix .. id)
    redis.call('ZREM', list, id)
  end
end
return 0
