-- Reserve the next moment at which a bucket lets one message pass (GCRA).
-- KEYS: bucket    ARGV: microseconds between messages, microseconds of burst, longest wait or -1
-- Returns the microseconds to wait; when that is longer than allowed, -wait and nothing reserved.
local now = redis.call('TIME')
local us = now[1] * 1000000 + now[2]
local due = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), us)
local wait = math.max(0, due - us - tonumber(ARGV[2]))
if tonumber(ARGV[3]) >= 0 and wait > tonumber(ARGV[3]) then return -wait end
due = due + tonumber(ARGV[1])
redis.call('SET', KEYS[1], string.format('%.0f', due), 'PX', math.ceil((due - us) / 1000) + 1)
return wait
