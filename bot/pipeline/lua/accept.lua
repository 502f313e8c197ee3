-- Put an event into the inbox once.
-- KEYS: dedup mark, inbox, session    ARGV: seconds to remember, most entries, event
-- Returns its id, the id of the entry before it ('' when there is none) and the visitor's session
-- ('' when there is none); false when it was heard before; "full" when the inbox holds too much.
if redis.call('EXISTS', KEYS[1]) == 1 then return false end
local waiting = redis.call('XLEN', KEYS[2])
if waiting >= tonumber(ARGV[2]) then return 'full' end
local before = waiting > 0 and redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1][1] or ''
redis.call('SET', KEYS[1], 1, 'EX', ARGV[1])
local id = redis.call('XADD', KEYS[2], '*', 'd', ARGV[3])
return {id, before, redis.call('GET', KEYS[3]) or ''}
