-- A message is handed over: note that the network may have it from now on.
-- KEYS: sending, stopped    ARGV: entry id, urn or '' when it goes to whoever stopped as well
-- Returns "begun" when that was noted before, "stopped" when the visitor wants nothing; else false.
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then return 'begun' end
if redis.call('SISMEMBER', KEYS[2], ARGV[2]) == 1 then return 'stopped' end
redis.call('HSET', KEYS[1], ARGV[1], 1)
return false
