-- Commit one turn: everything it led to, or nothing.
-- KEYS: owner, inbox, session, outbox, journal, attempts, dead
-- ARGV: lease token, event id, session before ('' when there was none), session, seconds to keep it,
--       dead letter or '', number of messages, messages..., journal lines...
-- Returns the ids of the messages behind the id of the outbox's entry before them ('' when there is
-- none), then those of the lines behind that of the journal's entry before them; 0 when this event was committed before; -1 when the lease is another's by now; -2 when
-- the session is not the one that the turn began with.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return -1 end
if (redis.call('GET', KEYS[3]) or '') ~= ARGV[3] then
  return #redis.call('XRANGE', KEYS[2], ARGV[2], ARGV[2]) == 0 and 0 or -2
end
if redis.call('XDEL', KEYS[2], ARGV[2]) == 0 then return 0 end
redis.call('SET', KEYS[3], ARGV[4], 'EX', ARGV[5])
redis.call('HDEL', KEYS[6], ARGV[2] .. ':failed', ARGV[2] .. ':crashed')
if ARGV[6] ~= '' then redis.call('XADD', KEYS[7], '*', 'd', ARGV[6]) end
local function put(key, from, to)
  local last = redis.call('XREVRANGE', key, '+', '-', 'COUNT', 1)[1]
  local ids = {last and last[1] or ''}
  for i = from, to do ids[#ids + 1] = redis.call('XADD', key, '*', 'd', ARGV[i]) end
  return ids
end
local first_line = 8 + tonumber(ARGV[7])
return {put(KEYS[4], 8, first_line - 1), put(KEYS[5], first_line, #ARGV)}
