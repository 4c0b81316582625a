#include "queue_views.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "printable.h"

namespace btcw::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& json, int indent = -1) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

void add_message(const Notification& message, Json& out) {
  out["created"] = to_rfc3339(message.created);
  out["priority"] = std::string{to_string(message.priority)};
  if (!message.title.empty()) out["title"] = message.title;
  out["text"] = message.body;
  if (!message.channels.empty()) out["channels"] = message.channels;
  if (!message.tags.empty()) out["tags"] = message.tags;
  if (!message.attachments.empty()) out["attachments"] = message.attachments;
  if (!message.dedup_key.empty()) out["dedup_key"] = message.dedup_key;
  if (message.expires) out["expires"] = to_rfc3339(*message.expires);
  if (message.maybe_duplicate) out["maybe_duplicate"] = true;
}

Json json_of(const MessageInfo& info) {
  Json json{{"id", info.id},
            {"state", std::string{to_string(info.state)}},
            {"due", to_rfc3339(info.due)},
            {"attempts", info.attempts},
            {"bytes", info.bytes}};
  if (!info.reason.empty()) json["reason"] = info.reason;
  if (info.message) add_message(*info.message, json);
  return json;
}

/// What other programs put in and we do not know; "" for nothing.
std::string_view other_of(const MessageInfo& info) {
  return info.message ? std::string_view{info.message->extra_json} : std::string_view{};
}

/// On one line. The other members stand as they are: there may be a hundred thousand of them.
std::string text_of(const MessageInfo& info) {
  std::string text = dump(json_of(info));
  const std::string_view other = other_of(info);
  if (other.empty()) return text;
  text.pop_back();
  return text.append(",\"other\":").append(other).append("}");
}

/// A terminal takes control characters for orders, so none but line ends are printed.
std::string printable_lines(std::string_view text) {
  std::string out;
  for (;;) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out += printable(text.substr(0, end));
    if (end == text.size()) return out;
    out += '\n';
    text.remove_prefix(end + 1);
  }
}

/// The first words of a message, on one line.
std::string summary_of(const MessageInfo& info) {
  constexpr std::size_t kLongest = 60;
  if (!info.message) return info.reason;
  std::string text = info.message->title;
  if (!text.empty() && !info.message->body.empty()) text += ": ";
  text += info.message->body;
  return printable(text.substr(0, text.size() > kLongest ? text.find(' ', kLongest) : kLongest));
}

Json json_of(const DeliveryRecord& record) {
  return {{"at", to_rfc3339(record.at)},
          {"id", record.id},
          {"channel", record.channel},
          {"attempt", record.attempt},
          {"result", std::string{to_string(record.result)}},
          {"took_ms", record.took.count()},
          {"detail", record.detail}};
}

}  // namespace

std::string_view to_string(MessageState state) {
  switch (state) {
    case MessageState::pending:
      return "pending";
    case MessageState::claimed:
      return "claimed";
    case MessageState::dead:
      return "dead";
    case MessageState::corrupt:
      return "corrupt";
  }
  return "";
}

ExitCode list_messages(Queue& queue, std::optional<MessageState> state, ViewForm form,
                       Session& session) {
  const auto infos = queue.list(state, SIZE_MAX);
  if (!infos) return fail(infos.error(), session);
  if (form == ViewForm::json) {
    std::string_view before = "[";
    for (const MessageInfo& info : *infos) {
      fmt::print(session.out, "{}{}", std::exchange(before, ","), text_of(info));
    }
    fmt::print(session.out, "{}]\n", before == "[" ? "[" : "");
    return ExitCode::ok;
  }
  for (const MessageInfo& info : *infos) {
    fmt::print(session.out, "{} {:<7} {} {} {}{}\n", to_rfc3339(info.due), to_string(info.state),
               printable(info.id), info.attempts, summary_of(info),
               info.message && !info.reason.empty() ? " (" + printable(info.reason) + ")" : "");
  }
  return ExitCode::ok;
}

ExitCode show_message(Queue& queue, std::string_view id, ViewForm form, Session& session) {
  const auto info = queue.show(id);
  if (!info) return fail(info.error(), session);
  if (form == ViewForm::json) {
    fmt::print(session.out, "{}\n", text_of(*info));
    return ExitCode::ok;
  }
  const Json json = json_of(*info);
  for (const auto& [key, value] : json.items()) {
    const std::string text = value.is_string() ? value.get<std::string>() : dump(value);
    fmt::print(session.out, "{}: {}\n", key,
               key == "text" ? printable_lines(text) : printable(text));
  }
  if (const auto other = other_of(*info); !other.empty()) {
    fmt::print(session.out, "other: {}\n", printable(other));
  }
  return ExitCode::ok;
}

ExitCode retry_messages(Queue& queue, std::string_view which, Session& session) {
  const auto id = which == "all" ? std::nullopt : std::optional{which};
  const auto moved = queue.retry_dead(id, session.clock.now());
  if (!moved) return fail(moved.error(), session);
  session.log.info(fmt::format("{} messages are pending again", *moved));
  return ExitCode::ok;
}

ExitCode purge_messages(Queue& queue, milliseconds older_than, Session& session) {
  const auto removed = queue.purge_dead(session.clock.now() - older_than);
  if (!removed) return fail(removed.error(), session);
  session.log.info(fmt::format("{} dead messages removed", *removed));
  return ExitCode::ok;
}

ExitCode print_log(DeliveryLog& log, const DeliveryLog::Query& query, ViewForm form,
                   Session& session) {
  const auto records = log.list(query);
  if (!records) return fail(records.error(), session);
  if (form == ViewForm::json) {
    Json all = Json::array();
    for (const DeliveryRecord& record : *records) all.push_back(json_of(record));
    fmt::print(session.out, "{}\n", dump(all));
    return ExitCode::ok;
  }
  for (const DeliveryRecord& record : *records) {
    fmt::print(session.out, "{} {} {} {} {} {}ms {}\n", to_rfc3339(record.at), record.id,
               record.channel, record.attempt, to_string(record.result), record.took.count(),
               printable(record.detail));
  }
  return ExitCode::ok;
}

}  // namespace btcw::cli
