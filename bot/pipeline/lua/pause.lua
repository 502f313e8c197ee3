-- Let nothing pass a bucket for a while.    KEYS: bucket    ARGV: microseconds, burst as in pace
local now = redis.call('TIME')
local due = now[1] * 1000000 + now[2] + ARGV[1] + ARGV[2]
if due > tonumber(redis.call('GET', KEYS[1]) or 0) then
  redis.call('SET', KEYS[1], string.format('%.0f', due), 'PX', math.ceil((ARGV[1] + ARGV[2]) / 1000))
end
