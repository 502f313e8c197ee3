-- Show that this process is alive; returns all that are.
-- KEYS: members    ARGV: this process, milliseconds it counts as alive
local now = redis.call('TIME')
local ms = now[1] * 1000 + math.floor(now[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ms)
redis.call('ZADD', KEYS[1], ms + ARGV[2], ARGV[1])
return redis.call('ZRANGE', KEYS[1], 0, -1)
