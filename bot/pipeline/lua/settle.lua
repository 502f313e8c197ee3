-- A message has reached its end: take it from the outbox and note what became of it, once.
-- KEYS: outbox, journal, sending    ARGV: entry id, journal lines...
redis.call('HDEL', KEYS[3], ARGV[1])
if redis.call('XDEL', KEYS[1], ARGV[1]) == 0 then return 0 end
for i = 2, #ARGV do redis.call('XADD', KEYS[2], '*', 'd', ARGV[i]) end
return 1
