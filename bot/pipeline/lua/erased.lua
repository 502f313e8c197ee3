-- An order to forget somebody is carried out, unless it was given anew meanwhile.
-- KEYS: orders    ARGV: urn, when it was given
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
return redis.call('HDEL', KEYS[1], ARGV[1])
