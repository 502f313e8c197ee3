-- Reserve the next moments at which messages may pass: evenly, and in no second more than the limit.
-- KEYS: bucket (moment -> how many pass then; 'due': when the next one does), what pauses it or none
-- ARGV: limit or 0, what counts as a second, the time between messages, how much of it may be made up
--       for, the same after a rest, longest wait or -1, how many messages; then pairs: a moment, and
--       by how many that pass then they have become more. Times are microseconds.
-- Returns the time, when it is worth asking again, and the moments: as many as are near enough.
local FAR = 600 * 1000000 -- nobody reserves so far ahead: the clock was set back
local now = redis.call('TIME')
now = now[1] * 1000000 + now[2]
if KEYS[2] then
  local left = redis.call('PTTL', KEYS[2])
  if left > 0 then return {now, now + left * 1000} end
end
local limit, second, gap = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local credit, longest, wanted = tonumber(ARGV[4]), tonumber(ARGV[6]), tonumber(ARGV[7])
local latest = longest < 0 and math.huge or now + longest

-- What passes when, and what is to be written of it.
local due, passing, is_new = 0, {}, {}
local function add(moment, many)
  if moment + second <= now then return end
  passing[moment], is_new[moment] = (passing[moment] or 0) + many, true
end
local log = redis.call('HGETALL', KEYS[1])
for i = 1, #log, 2 do
  local moment, many = tonumber(log[i]), tonumber(log[i + 1])
  if not moment then
    due = many <= now + FAR and many or 0
  elseif moment + second > now and moment <= now + FAR then
    passing[moment] = many
  else
    is_new[moment] = true
  end
end
for i = 8, #ARGV, 2 do add(tonumber(ARGV[i]), tonumber(ARGV[i + 1])) end

local free, taken = limit, {}
for moment, many in pairs(passing) do
  free = free - many
  if moment + second <= latest then
    for _ = 1, many do taken[#taken + 1] = moment end
  end
end
if free < wanted then table.sort(taken) end

if due < now - credit then due = now - ARGV[5] end
local answer, at = {now, now}, now
for number = 1, wanted do
  local before = limit > 0 and number > free and taken[number - free]
  local moment = math.max(at, due, before and before + second or 0)
  moment = math.ceil(moment / 1000) * 1000
  if limit > 0 and number > free and not before then moment = latest + 1 end
  if moment > latest then
    answer[2] = moment
    break
  end
  at, due = moment, math.max(due, moment - credit) + gap
  answer[#answer + 1] = at
  if limit > 0 then
    add(at, 1)
    if longest < 0 then taken[#taken + 1] = at end -- else others, left out above, come before it
  end
end

local kept, dropped = {'due', string.format('%.0f', due)}, {}
for moment in pairs(is_new) do
  local many, name = passing[moment] or 0, string.format('%.0f', moment)
  if many > 0 then
    kept[#kept + 1], kept[#kept + 2] = name, many
  else
    dropped[#dropped + 1] = name
  end
end
redis.call('HSET', KEYS[1], unpack(kept))
if #dropped > 0 then redis.call('HDEL', KEYS[1], unpack(dropped)) end
redis.call('PEXPIRE', KEYS[1], math.ceil((math.max(at, due) + second - now) / 1000))
return answer
