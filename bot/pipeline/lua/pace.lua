-- Reserve the next moments at which a bucket lets a message pass (GCRA).
-- KEYS: bucket, what else pauses it or none    ARGV: microseconds between messages, microseconds
-- of burst, longest wait or -1, how many messages
-- Returns the microseconds until the first may pass (0 or less: now; each next one an interval
-- later); when that is longer than allowed, -wait and nothing reserved.
if KEYS[2] then
  local left = redis.call('PTTL', KEYS[2])
  if left > 0 then return -left * 1000 end
end
local now = redis.call('TIME')
local us = now[1] * 1000000 + now[2]
local due = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), us)
local wait = due - us - tonumber(ARGV[2])
if tonumber(ARGV[3]) >= 0 then
  wait = math.max(0, wait)
  if wait > tonumber(ARGV[3]) then return -wait end
end
due = due + ARGV[1] * ARGV[4]
redis.call('SET', KEYS[1], string.format('%.0f', due), 'PX', math.ceil((due - us) / 1000) + 1)
return wait
