// btcw token inspect: show what a token says, without believing it.
#include <fmt/format.h>

#include <memory>
#include <utility>

#include "btcw/token/claims.h"
#include "btcw/token/verifier.h"
#include "printable.h"
#include "token_options.h"

namespace btcw::cli {
namespace {

using token::JsonMember;
using token::JsonReader;
using token::Reason;
using token::Refusal;
using token::Unverified;

struct InspectOptions {
  std::string token = "-";
  std::optional<TimeArgument> now = std::nullopt;
  std::size_t max_bytes = 1U << 20U;
  bool json = false;
};

constexpr double kEndOfTime = 253'402'300'800;

// The moment of exp, nbf, iat and auth_time; nullopt for any other member.
std::optional<UtcTime> time_of(const JsonMember& member) {
  const bool is_time = member.name == "exp" || member.name == "nbf" || member.name == "iat" ||
                       member.name == "auth_time";
  if (!is_time || member.value.kind != token::JsonKind::number) return std::nullopt;
  const double value = std::strtod(std::string{member.value.text}.c_str(), nullptr);
  if (value < 0 || value >= kEndOfTime) return std::nullopt;
  return from_unix_ms(static_cast<std::int64_t>(value * 1000));
}

std::string relative(UtcTime time, UtcTime now) {
  const auto distance = std::chrono::floor<seconds>(time > now ? time - now : now - time);
  const std::string text = btcw::to_string(milliseconds{distance});
  return time > now ? "in " + text : text + " ago";
}

void append_members(std::string_view title, std::string_view json, UtcTime now, JsonReader& reader,
                    std::string& out) {
  out += title;
  out += '\n';
  const auto members = reader.object(json);
  if (!members) {
    out += "  not a strict JSON object: " + members.error().message + '\n';
    return;
  }
  for (const JsonMember& member : *members) {
    std::string value;
    token::append_compact(member.value.text, value);
    out += "  " + printable(member.name) + ": " + printable(value);
    if (const auto time = time_of(member)) {
      out += "  (" + to_rfc3339(*time) + ", " + relative(*time, now) + ')';
    }
    out += '\n';
  }
}

std::string as_text(const Unverified& token, UtcTime now) {
  JsonReader reader;
  std::string out = "NOT VERIFIED: nobody checked the signature, anybody may have written this\n";
  append_members("header", token.header, now, reader, out);
  append_members("claims", token.payload, now, reader, out);
  return out;
}

void append_part(std::string_view name, std::string_view json, JsonReader& reader,
                 std::string& out) {
  out += ",\"" + std::string{name} + "\":";
  const auto members = reader.object(json);
  if (members) {
    token::append_compact(json, out);
  } else {
    out += "null";
  }
}

std::string as_json(const Unverified& token) {
  JsonReader reader;
  std::string out = "{\"verified\":false";
  append_part("header", token.header, reader, out);
  append_part("claims", token.payload, reader, out);
  out += ",\"times\":{";
  if (const auto members = reader.object(token.payload)) {
    bool first = true;
    for (const JsonMember& member : *members) {
      const auto time = time_of(member);
      if (!time) continue;
      out += fmt::format("{}\"{}\":\"{}\"", first ? "" : ",", member.name, to_rfc3339(*time));
      first = false;
    }
  }
  return out + "}}\n";
}

ExitCode run_inspect(const InspectOptions& options, Session& session) {
  std::string text = options.token;
  if (text == "-") {
    auto input = read_input(session, options.max_bytes);
    if (!input) return fail(input.error(), session);
    text = *std::move(input);
  }
  const std::size_t end = text.find_last_not_of(" \t\r\n");
  text.resize(end == std::string::npos ? 0 : end + 1);
  auto taken = token::take_apart(text, options.max_bytes);
  if (const auto* const refusal = std::get_if<Refusal>(&taken)) {
    return report(*refusal, options.json ? Report::json : Report::text, session);
  }
  const auto& unverified = std::get<Unverified>(taken);
  write_out(options.json ? as_json(unverified) : as_text(unverified, now_of(options.now, session)),
            session);
  return ExitCode::ok;
}

}  // namespace

void add_token_inspect(Syntax& token) {
  auto options = std::make_shared<InspectOptions>();
  Syntax command = token.command("inspect", "Show what a token says, without checking it");
  if (!command.is_named()) return;
  command.argument("TOKEN", "The token; - or nothing: standard input", options->token);
  command.flag("--json", "Print one object", options->json);
  add_time_option(command, "--now", "Take this for the present (for tests)", options->now);
  command.run([options](Session& session) { return run_inspect(*options, session); });
}

}  // namespace btcw::cli
