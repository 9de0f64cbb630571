-- Ends every session of a user. As one step, so that no session begins or rotates between the list and its entries.
-- KEYS: the user's list. ARGV: the beginning of a session's name.
local list = KEYS[1]
for _, id in ipairs(redis.call('ZRANGE', list, 0, -1)) do
  redis.call('DEL', ARGV[1] .. id)
end
redis.call('DEL', list)
return 0
