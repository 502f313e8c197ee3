-- Put a letter into a visitor's mailbox once, and say whose it is.
-- KEYS: mark, mailbox    ARGV: seconds to remember, most letters, seconds to keep, letter, channel,
-- urn. Returns the letter's id, the first one's when it was put there before.
local id = redis.call('GET', KEYS[1])
if id then return id end
id = redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[2], '*', 'd', ARGV[4])
redis.call('EXPIRE', KEYS[2], ARGV[3])
redis.call('SET', KEYS[1], id, 'EX', ARGV[1])
redis.call('PUBLISH', ARGV[5], ARGV[6])
return id
