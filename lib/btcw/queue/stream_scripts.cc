#include "btcw/queue/stream_scripts.h"

namespace btcw {
namespace {

// What most of them begin with. A script that has written nothing when a write is refused (out of
// memory) leaves nothing behind, so each stores before it removes.
constexpr std::string_view kPrelude = R"lua(
local base = KEYS[1]
local lanes = {base .. 'urgent', base .. 'normal', base .. 'low'}
local group = 'btcw'
local function key_of(lane) return lanes[tonumber(lane)] end
local function ready(lane, due, state, message)
  local key = key_of(lane)
  if redis.call('EXISTS', key) == 0 then
    redis.call('XGROUP', 'CREATE', key, group, '0', 'MKSTREAM')
  end
  return redis.pcall('XADD', key, '*', 'due', due, 'state', state, 'message', message)
end
local function store(now, id, lane, due, state, message)
  if tonumber(due) > tonumber(now) then
    redis.call('ZADD', base .. 'delayed', due, lane .. ' ' .. state .. ' ' .. message)
  else
    local stored = ready(lane, due, state, message)
    if type(stored) == 'table' and stored.err then error(stored) end
  end
  redis.call('SADD', base .. 'ids', id)
end
-- A user that may not publish is polled for.
local function tell() redis.pcall('PUBLISH', base .. 'wake', '1') end
local function is_new(id)
  return redis.call('SISMEMBER', base .. 'ids', id) == 0 and
         redis.call('EXISTS', base .. 'done:' .. id) == 0
end
local function remove(lane, entry, id)
  redis.call('XACK', key_of(lane), group, entry)
  redis.call('XDEL', key_of(lane), entry)
  if id then
    redis.call('SREM', base .. 'ids', id)
    redis.call('SET', base .. 'done:' .. id, '1', 'EX', 86400)
  end
end
-- 'mine', 'not mine' (others have it, or it is settled), or 'lost': the whole stream is.
local function holder(consumer, lane, entry)
  local found = redis.pcall('XPENDING', key_of(lane), group, entry, entry, 1)
  if found.err then return 'lost' end
  if #found == 1 and found[1][2] == consumer then return 'mine' end
  return 'not mine'
end
)lua";

}  // namespace

namespace stream_script {

const std::string_view kAdd = R"lua(
local added = 0
for i = 2, #ARGV, 5 do
  if is_new(ARGV[i]) then
    store(ARGV[1], ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4])
    added = added + 1
  end
end
if added > 0 then tell() end
return added)lua";

const std::string_view kAddOnce = R"lua(
local now, window, id = tonumber(ARGV[1]), tonumber(ARGV[3]), ARGV[4]
local key = base .. 'key:' .. ARGV[2]
local known = redis.call('GET', key)
if known then
  local sent, other = string.match(known, '^(%d+) (.+)$')
  if sent and (now - tonumber(sent) < window or
               redis.call('SISMEMBER', base .. 'ids', other) == 1) then
    return other
  end
end
if is_new(id) then store(ARGV[1], id, ARGV[5], ARGV[6], ARGV[7], ARGV[8]) end
-- A message may be pending for longer than its window.
redis.call('SET', key, ARGV[1] .. ' ' .. id, 'PX', math.max(window, 2592000000))
tell()
return id)lua";

const std::string_view kTake = R"lua(
local consumer, lease, now = ARGV[1], ARGV[2], ARGV[3]
local left, lane, cursor = tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6]
if lane == 1 and cursor == '0-0' then
  -- Other programs may have begun a stream without the group.
  for _, key in ipairs(lanes) do redis.pcall('XGROUP', 'CREATE', key, group, '0') end
  local due = redis.call('ZRANGEBYSCORE', base .. 'delayed', '-inf', now, 'WITHSCORES',
                         'LIMIT', 0, 1000)
  for i = 1, #due, 2 do
    local brace = string.find(due[i], '{', 1, true)
    if brace and string.find(due[i], '^[123] ') then
      local moved = ready(string.sub(due[i], 1, 1), due[i + 1], string.sub(due[i], 3, brace - 2),
                          string.sub(due[i], brace))
      -- Out of memory: what is in the streams can go out all the same.
      if type(moved) == 'table' and moved.err then break end
    else
      redis.call('XADD', base .. 'corrupt', '*', 'content', due[i], 'buried', now, 'reason',
                 'not an entry of the delayed ones')
    end
    redis.call('ZREM', base .. 'delayed', due[i])
  end
end
local entries = {}
local function keep(found)
  for _, entry in ipairs(found) do
    if entry and entry[2] then
      entries[#entries + 1] = {lane, entry}
      left = left - 1
    end
  end
end
for _ = 1, 200 do
  if lane > 3 or left <= 0 then break end
  local key = lanes[lane]
  if redis.call('EXISTS', key) == 0 then
    lane, cursor = lane + 1, '0-0'
  elseif cursor ~= '>' then
    -- First what others have let go of, or died with.
    local found = redis.call('XAUTOCLAIM', key, group, consumer, lease, cursor, 'COUNT', left)
    keep(found[2])
    cursor = found[1]
    if cursor == '0-0' then cursor = '>' end
  else
    local wanted = left
    local found = redis.call('XREADGROUP', 'GROUP', group, consumer, 'COUNT', wanted, 'STREAMS',
                             key, '>')
    local count = 0
    if found then
      count = #found[1][2]
      keep(found[1][2])
    end
    if count < wanted then lane, cursor = lane + 1, '0-0' end
  end
end
local ended = 0
if lane > 3 then ended = 1 end
return {lane, cursor, ended, entries})lua";

const std::string_view kTakeAgain = R"lua(
local found = redis.pcall('XCLAIM', key_of(ARGV[3]), group, ARGV[1], ARGV[2], ARGV[4])
if found.err then return {} end
return found)lua";

const std::string_view kAck = R"lua(
remove(ARGV[1], ARGV[2], ARGV[3])
return 1)lua";

const std::string_view kPostpone = R"lua(
if holder(ARGV[1], ARGV[2], ARGV[3]) == 'not mine' then return 0 end
store(ARGV[4], ARGV[5], ARGV[2], ARGV[6], ARGV[7], ARGV[8])
remove(ARGV[2], ARGV[3])
return 1)lua";

const std::string_view kBury = R"lua(
if holder(ARGV[1], ARGV[2], ARGV[3]) == 'not mine' then return 0 end
redis.call('XADD', base .. 'dead', '*', 'id', ARGV[5], 'lane', ARGV[2], 'due', ARGV[6], 'state',
           ARGV[7], 'message', ARGV[8], 'reason', ARGV[9], 'buried', ARGV[4])
remove(ARGV[2], ARGV[3], ARGV[5])
return 1)lua";

const std::string_view kPutAside = R"lua(
if holder(ARGV[1], ARGV[2], ARGV[3]) ~= 'mine' then return 0 end
redis.call('XADD', base .. 'corrupt', '*', 'content', ARGV[5], 'buried', ARGV[4], 'reason', ARGV[6])
remove(ARGV[2], ARGV[3])
return 1)lua";

const std::string_view kRenew = R"lua(
for i = 2, #ARGV, 2 do
  if holder(ARGV[1], ARGV[i], ARGV[i + 1]) == 'mine' then
    redis.call('XCLAIM', key_of(ARGV[i]), group, ARGV[1], '0', ARGV[i + 1], 'JUSTID')
  end
end
return 1)lua";

const std::string_view kRelease = R"lua(
for i = 3, #ARGV, 2 do
  if holder(ARGV[1], ARGV[i], ARGV[i + 1]) == 'mine' then
    redis.call('XCLAIM', key_of(ARGV[i]), group, ARGV[1], '0', ARGV[i + 1], 'IDLE',
               tonumber(ARGV[2]) * 2, 'JUSTID')
  end
end
return 1)lua";

const std::string_view kNextDue = R"lua(
local now, lease, claims_end = ARGV[1], ARGV[2], tonumber(ARGV[3])
local claimed = false
for _, key in ipairs(lanes) do
  local pending = redis.pcall('XPENDING', key, group)
  if pending.err then
    if redis.call('XLEN', key) > 0 then return now end
  else
    local last = '0-0'
    for _, found in ipairs(redis.call('XINFO', 'GROUPS', key)) do
      local of = {}
      for i = 1, #found, 2 do of[found[i]] = found[i + 1] end
      if of['name'] == group then last = of['last-delivered-id'] end
    end
    if #redis.call('XRANGE', key, '(' .. last, '+', 'COUNT', 1) > 0 then return now end
    if pending[1] > 0 then
      claimed = true
      if #redis.call('XPENDING', key, group, 'IDLE', lease, '-', '+', 1) > 0 then return now end
    end
  end
end
local due = redis.call('ZRANGE', base .. 'delayed', 0, 0, 'WITHSCORES')[2]
if claimed then
  local again = tonumber(now) + claims_end
  if not due or tonumber(due) > again then return string.format('%.0f', again) end
end
return due or false)lua";

const std::string_view kRevive = R"lua(
if redis.call('XLEN', base .. 'dead') == 0 or
   #redis.call('XRANGE', base .. 'dead', ARGV[1], ARGV[1]) == 0 then
  return 0
end
store(ARGV[4], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6])
redis.call('XDEL', base .. 'dead', ARGV[1])
redis.call('DEL', base .. 'done:' .. ARGV[2])
tell()
return 1)lua";

const std::string_view kLeave = R"lua(
for _, key in ipairs(lanes) do
  local found = redis.pcall('XINFO', 'CONSUMERS', key, group)
  if not found.err then
    for _, one in ipairs(found) do
      local of = {}
      for i = 1, #one, 2 do of[one[i]] = one[i + 1] end
      -- With a consumer that holds something, what it holds would go too. One that lives and was
      -- only quiet is made again when it reads.
      local is_gone = of['name'] == ARGV[1] or of['idle'] > tonumber(ARGV[2])
      if of['pending'] == 0 and is_gone then
        redis.call('XGROUP', 'DELCONSUMER', key, group, of['name'])
      end
    end
  end
end
return 1)lua";

}  // namespace stream_script

std::string whole_script(std::string_view script) { return std::string{kPrelude}.append(script); }

}  // namespace btcw
