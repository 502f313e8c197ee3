-- Say something unasked, once.
-- KEYS: mark, outbox, journal    ARGV: seconds to remember, message, journal line
-- Returns the message's id behind that of the outbox's entry before it ('' when there is none), then
-- likewise the line's; 0 when it was said before.
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('SET', KEYS[1], 1, 'EX', ARGV[1])
local function put(key, packed)
  local last = redis.call('XREVRANGE', key, '+', '-', 'COUNT', 1)[1]
  return {last and last[1] or '', redis.call('XADD', key, '*', 'd', packed)}
end
return {put(KEYS[2], ARGV[2]), put(KEYS[3], ARGV[3])}
