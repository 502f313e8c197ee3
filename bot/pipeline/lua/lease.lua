-- Take or renew the lease of a partition.
-- KEYS: owner    ARGV: token held so far or '', token to take it with, milliseconds
-- Returns 1 renewed, 2 taken, 0 held by another.
local owner = redis.call('GET', KEYS[1])
if owner == ARGV[1] then
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  return 1
end
if owner then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 2
