-- Put a dead letter's event back into the inbox, once.
-- KEYS: dead, inbox    ARGV: id of the letter, event
if redis.call('XDEL', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('XADD', KEYS[2], '*', 'd', ARGV[2])
return 1
