-- Let nothing pass a bucket for a while.    KEYS: bucket    ARGV: microseconds, those of a second
local now = redis.call('TIME')
local due = now[1] * 1000000 + now[2] + ARGV[1]
if due > tonumber(redis.call('HGET', KEYS[1], 'due') or 0) then
  redis.call('HSET', KEYS[1], 'due', string.format('%.0f', due))
  redis.call('PEXPIRE', KEYS[1], math.ceil((ARGV[1] + ARGV[2]) / 1000))
end
