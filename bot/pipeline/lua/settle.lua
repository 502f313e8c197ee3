-- A message has reached its end: take it from the outbox and note what became of it, once.
-- KEYS: outbox, journal, sending    ARGV: entry id, journal lines...
-- Returns the ids of the lines behind that of the journal's entry before them ('' when there is
-- none); 0 when that was noted before.
redis.call('HDEL', KEYS[3], ARGV[1])
if redis.call('XDEL', KEYS[1], ARGV[1]) == 0 then return 0 end
local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
local ids = {last and last[1] or ''}
for i = 2, #ARGV do ids[#ids + 1] = redis.call('XADD', KEYS[2], '*', 'd', ARGV[i]) end
return ids
