-- Commit one turn: everything it led to, or nothing.
-- KEYS: owner, inbox, session, outbox, journal, attempts, dead
-- ARGV: lease token, event id, session, seconds to keep it, dead letter or '',
--       number of messages, messages..., journal lines...
-- Returns 1; 0 when this event was committed before; -1 when the lease is another's by now.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return -1 end
if redis.call('XDEL', KEYS[2], ARGV[2]) == 0 then return 0 end
redis.call('SET', KEYS[3], ARGV[3], 'EX', ARGV[4])
redis.call('HDEL', KEYS[6], ARGV[2] .. ':failed', ARGV[2] .. ':crashed')
if ARGV[5] ~= '' then redis.call('XADD', KEYS[7], '*', 'd', ARGV[5]) end
local first_line = 7 + tonumber(ARGV[6])
for i = 7, first_line - 1 do redis.call('XADD', KEYS[4], '*', 'd', ARGV[i]) end
for i = first_line, #ARGV do redis.call('XADD', KEYS[5], '*', 'd', ARGV[i]) end
return 1
