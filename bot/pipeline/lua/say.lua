-- Say something unasked, once.
-- KEYS: mark, outbox, journal    ARGV: seconds to remember, message, journal line
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('SET', KEYS[1], 1, 'EX', ARGV[1])
redis.call('XADD', KEYS[2], '*', 'd', ARGV[2])
redis.call('XADD', KEYS[3], '*', 'd', ARGV[3])
return 1
