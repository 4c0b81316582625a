#include "redis_status.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace btcw::cli {
namespace {

std::string text_of(const LeadershipStatus& leadership) {
  switch (leadership.standing) {
    case Standing::unknown:
      return "not asked yet who leads";
    case Standing::leads:
      return fmt::format("this watch leads, token {}, lease {} left", leadership.token,
                         to_string(leadership.lease_left));
    case Standing::follows:
      return "another watch leads";
    case Standing::alone:
      break;
  }
  return "away, this watch asks for itself";
}

std::string text_of(const RedisLink& link) {
  std::string text = link.since ? "connected since " + to_rfc3339(*link.since) : "not connected";
  if (link.failure) {
    text += "; the last failure, " + to_rfc3339(link.failure->at) + ": " + link.failure->why;
  }
  return text;
}

using Json = nlohmann::ordered_json;

Json json_of(const RedisStatus::Connection& connection) {
  const RedisLink& link = connection.link;
  Json json{{"use", connection.use}, {"since", nullptr}, {"error", nullptr}, {"error_at", nullptr}};
  if (link.since) json["since"] = to_rfc3339(*link.since);
  if (link.failure) {
    json["error"] = link.failure->why;
    json["error_at"] = to_rfc3339(link.failure->at);
  }
  return json;
}

}  // namespace

std::string as_text(const RedisStatus& status) {
  std::string text = "\n  redis:";
  for (const std::string_view role : status.roles) text += fmt::format(" {}", role);
  if (status.leadership) text += "; " + text_of(*status.leadership);
  for (const auto& [use, link] : status.connections) {
    text += fmt::format("\n    {}: {}", use, text_of(link));
  }
  return text;
}

std::string as_json(const RedisStatus& status) {
  const auto& leadership = status.leadership;
  const bool leads = leadership && leadership->standing == Standing::leads;
  Json json{{"roles", status.roles}, {"standing", nullptr}, {"leader", leads},
            {"token", nullptr},      {"lease_ms", nullptr}, {"connections", Json::array()}};
  if (leadership) json["standing"] = to_string(leadership->standing);
  if (leads) {
    json["token"] = leadership->token;
    json["lease_ms"] = leadership->lease_left.count();
  }
  for (const auto& one : status.connections) json["connections"].push_back(json_of(one));
  // Whatever bytes a server has put into an error.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace btcw::cli
