-- Put an event into the inbox once.
-- KEYS: dedup mark, inbox    ARGV: seconds to remember, most entries, event
-- Returns its id; false when it was heard before; "full" when the inbox holds too much.
if redis.call('EXISTS', KEYS[1]) == 1 then return false end
if redis.call('XLEN', KEYS[2]) >= tonumber(ARGV[2]) then return 'full' end
redis.call('SET', KEYS[1], 1, 'EX', ARGV[1])
return redis.call('XADD', KEYS[2], '*', 'd', ARGV[3])
