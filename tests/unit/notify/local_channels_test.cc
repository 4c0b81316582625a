// exec, desktop, stdout and email without a process, a file or a network.
#include <catch2/catch.hpp>
#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "btcw/notify/channel.h"
#include "support/channel_ports.h"

using namespace btcw;  // NOLINT(google-build-using-namespace): half of the names of one folder
using test::make_channel;
using test::settings_for;

namespace {

using Values = std::vector<std::pair<std::string, std::string>>;

// Keeps what was to be run, and answers at the next poll().
class ScriptedCommands final : public CommandRunner {
 public:
  void start(CommandRun run, CommandDone done) override {
    runs.push_back(std::move(run));
    waiting_.push_back(std::move(done));
  }
  std::size_t poll() override {
    for (CommandDone& done : std::exchange(waiting_, {})) done(answer);
    return waiting_.size();
  }
  void end_all() override {}
  void add_wake_fds(std::vector<int>&) const override {}
  [[nodiscard]] SteadyTime next_deadline() const override { return SteadyTime{}; }

  Result<CommandOutcome> answer = CommandOutcome{};
  std::vector<CommandRun> runs;

 private:
  std::vector<CommandDone> waiting_;
};

class ScriptedMail final : public MailTransport {
 public:
  void start_mail(MailRequest request, MailDone done) override {
    requests.push_back(std::move(request));
    done(answer);
  }
  Result<MailAnswer> answer = MailAnswer{.code = 250};
  std::vector<MailRequest> requests;
};

struct World {
  test::ScriptedPorts network;
  ScriptedCommands commands;
  ScriptedMail mail;

  ChannelPorts ports() {
    return {.http = &network.http,
            .mail = &mail,
            .commands = commands,
            .clock = network.clock,
            .out = stdout,
            .hmac_sha256 = test::test_hmac_sha256,
            .bearer_token = nullptr};
  }
  Delivery run(Channel& channel, const Notification& message) {
    std::optional<Delivery> delivery;
    channel.deliver(message, seconds{7}, [&](Delivery done) { delivery = std::move(done); });
    commands.poll();
    REQUIRE(delivery.has_value());
    return *std::move(delivery);
  }
};

Notification sample() {
  return {.id = "0001-abc",
          .title = "BTC up",
          .body = "last 97123.40\n<b>& more",
          .priority = Priority::urgent,
          .tags = {"a", "b"},
          .created = from_unix_ms(1'732'290'000'000)};
}

const Values kMail{{"url", "smtp://mail.example:587"},
                   {"user", "me"},
                   {"password", "s3cret"},
                   {"from", "btcw <btcw@example.org>"},
                   {"to", "me@example.org, You <you@example.org>"}};

}  // namespace

TEST_CASE("a command gets the message in its environment and on stdin") {
  World world;
  auto channel = make_channel("exec", {{"command", "/opt/tell 'two words' $HOME"}}, world.ports());
  REQUIRE(channel.has_value());
  Notification message = sample();
  message.maybe_duplicate = true;
  message.title = std::string{"a\0b", 3};

  CHECK(world.run(**channel, message).result == DeliveryResult::delivered);

  const CommandRun& run = world.commands.runs.at(0);
  CHECK(run.words == std::vector<std::string>{"/opt/tell", "two words", "$HOME"});
  CHECK(run.timeout == seconds{7});
  CHECK(run.input.starts_with(R"({"id":"0001-abc",)"));
  CHECK(run.input.ends_with("}\n"));
  const std::map<std::string, std::string> variables{run.variables.begin(), run.variables.end()};
  CHECK(variables.at("BTCW_ID") == "0001-abc");
  CHECK(variables.at("BTCW_TITLE") == "ab");
  CHECK(variables.at("BTCW_TEXT") == "last 97123.40\n<b>& more");
  CHECK(variables.at("BTCW_PRIORITY") == "urgent");
  CHECK(variables.at("BTCW_TAGS") == "a,b");
  CHECK(variables.at("BTCW_CREATED") == "2024-11-22T15:40:00Z");
  CHECK(variables.at("BTCW_CHANNEL") == "test");
  CHECK(variables.at("BTCW_MAYBE_DUPLICATE") == "1");
}

TEST_CASE("a text that no variable can hold is cut there and whole on stdin") {
  World world;
  auto channel = make_channel("exec", {{"command", "x"}}, world.ports());
  Notification message = sample();
  message.body = std::string(300'000, 'x');
  (void)world.run(**channel, message);
  for (const auto& [name, value] : world.commands.runs.at(0).variables)
    CHECK(name.size() + value.size() < 128 * 1024);
  CHECK(world.commands.runs.at(0).input.size() > 300'000);
}

TEST_CASE("how a command ends says what became of the message") {
  struct Case {
    Result<CommandOutcome> answer;
    DeliveryResult result;
    std::string_view detail;
  };
  const auto row = GENERATE(values<Case>({
      {CommandOutcome{.output = "fine"}, DeliveryResult::delivered, ""},
      {CommandOutcome{.exit_code = 75, .output = "a\nlater\n\n"}, DeliveryResult::transient,
       "the command ended with 75: later"},
      {CommandOutcome{.exit_code = 1}, DeliveryResult::permanent, "the command ended with 1"},
      {CommandOutcome{.exit_code = 2, .output = "\x1b[31mno\r\n"}, DeliveryResult::permanent,
       "the command ended with 2: [31mno"},
      {CommandOutcome{.end = CommandEnd::signalled, .exit_code = 137}, DeliveryResult::ambiguous,
       "the command was ended by signal 9"},
      {CommandOutcome{.end = CommandEnd::timed_out, .exit_code = 143}, DeliveryResult::ambiguous,
       "the command was ended: its time was up"},
      {Error{Errc::not_found, "no such program: \"x\""}, DeliveryResult::permanent,
       "no such program: \"x\""},
      {Error{Errc::invalid_input, "empty"}, DeliveryResult::permanent, "empty"},
      {Error{Errc::unavailable, "no room"}, DeliveryResult::transient, "no room"},
  }));
  CAPTURE(row.detail);
  World world;
  auto channel = make_channel("exec", {{"command", "x"}}, world.ports());
  world.commands.answer = row.answer;
  const Delivery delivery = world.run(**channel, sample());
  CHECK(delivery.result == row.result);
  CHECK(delivery.detail == row.detail);
}

TEST_CASE("the desktop gets title and text as words that no option can be made of") {
  World world;
  auto channel = make_channel("desktop", {{"bus", "unix:path=/b"}}, world.ports());
  REQUIRE(channel.has_value());
  Notification message = sample();
  message.title = "--help";
  CHECK(world.run(**channel, message).result == DeliveryResult::delivered);
  message.title = "";
  message.priority = Priority::low;
  (void)world.run(**channel, message);

  CHECK(world.commands.runs.at(0).words ==
        std::vector<std::string>{"notify-send", "--app-name=btcw", "--urgency=critical", "--",
                                 "--help", "last 97123.40\n&lt;b&gt;&amp; more"});
  CHECK(world.commands.runs.at(0).variables == std::vector<std::pair<std::string, std::string>>{
                                                   {"DBUS_SESSION_BUS_ADDRESS", "unix:path=/b"}});
  CHECK(world.commands.runs.at(1).words.at(2) == "--urgency=low");
  CHECK(world.commands.runs.at(1).words.at(4) == "btcw");

  world.commands.answer = CommandOutcome{.exit_code = 1, .output = "Cannot autolaunch D-Bus\n"};
  const Delivery nobody = world.run(**channel, message);
  CHECK(nobody.result == DeliveryResult::transient);
  CHECK(nobody.detail == "the desktop cannot be reached: Cannot autolaunch D-Bus");
  world.commands.answer = Error{Errc::not_found, "no such program in $PATH: \"notify-send\""};
  CHECK(world.run(**channel, message).result == DeliveryResult::permanent);
  world.commands.answer = CommandOutcome{.end = CommandEnd::timed_out};
  CHECK(world.run(**channel, message).result == DeliveryResult::ambiguous);
  world.commands.answer = CommandOutcome{.end = CommandEnd::signalled, .exit_code = 139};
  CHECK(world.run(**channel, message).result == DeliveryResult::transient);
}

TEST_CASE("standard output gets one line a message, and a full one is tried again") {
  World world;
  ChannelPorts ports = world.ports();
  std::FILE* const file = std::tmpfile();
  REQUIRE(file != nullptr);
  ports.out = file;
  CHECK(world.run(**make_channel("stdout", {}, ports), sample()).result ==
        DeliveryResult::delivered);
  CHECK(world.run(**make_channel("stdout", {{"format", "text"}}, ports), sample()).result ==
        DeliveryResult::delivered);
  std::rewind(file);
  std::string text(1000, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file));
  std::fclose(file);
  CHECK(text == R"({"id":"0001-abc","created":"2024-11-22T15:40:00Z","priority":"urgent",)"
                R"("title":"BTC up","text":"last 97123.40\n<b>& more","tags":["a","b"]})"
                "\nBTC up: last 97123.40 <b>& more\n");

  std::FILE* const full = std::fopen("/dev/full", "w");
  REQUIRE(full != nullptr);
  ports.out = full;
  CHECK(world.run(**make_channel("stdout", {}, ports), sample()).result ==
        DeliveryResult::transient);
  std::fclose(full);
}

TEST_CASE("a mail's answer says what became of the message") {
  struct Case {
    Result<MailAnswer> answer;
    DeliveryResult result;
    std::string_view detail;
  };
  const auto row = GENERATE(values<Case>({
      {MailAnswer{.code = 250, .text = "ok"}, DeliveryResult::delivered, ""},
      {MailAnswer{.code = 451, .text = "later s3cret"}, DeliveryResult::transient,
       "mail.example:587: 451 later ********"},
      {MailAnswer{.code = 554, .text = "spam"}, DeliveryResult::permanent,
       "mail.example:587: 554 spam"},
      {Error{Errc::rejected, "mail.example:587: signing in is refused: 535"},
       DeliveryResult::permanent, "mail.example:587: signing in is refused: 535"},
      {Error{Errc::unavailable, "mail.example:587: refused"}, DeliveryResult::transient,
       "mail.example:587: refused"},
  }));
  World world;
  auto channel = make_channel("email", kMail, world.ports());
  REQUIRE(channel.has_value());
  world.mail.answer = row.answer;

  const Delivery delivery = world.run(**channel, sample());

  CHECK(delivery.result == row.result);
  CHECK(delivery.detail == row.detail);
  const MailRequest& request = world.mail.requests.at(0);
  CHECK(request.user == "me");
  CHECK(request.password.reveal() == "s3cret");
  CHECK(request.sender == "btcw@example.org");
  CHECK(request.recipients == std::vector<std::string>{"me@example.org", "you@example.org"});
  CHECK(request.timeout == seconds{7});
  CHECK(request.security == MailSecurity::required);
}

TEST_CASE("previews of local channels and mail show the text and no secret") {
  World world;
  const auto preview = [&](std::string_view type, const Values& values) {
    return (*make_channel(type, values, world.ports()))->preview(sample());
  };
  const std::string mail = preview("email", kMail);
  CHECK(mail.starts_with("mail through smtp://mail.example:587 as me:********\n"));
  CHECK(mail.find("To: You <you@example.org>\nSubject: BTC up\n") != std::string::npos);
  CHECK(mail.find("s3cret") == std::string::npos);
  CHECK(preview("exec", {{"command", "a 'b c'"}}).starts_with("run a \"b c\"\nBTCW_ID=0001-abc\n"));
  CHECK(preview("desktop", {}).starts_with("run notify-send "));
  CHECK(preview("file", {{"path", "/x/y"}}).starts_with("append to /x/y\n{\"id\""));
  CHECK(preview("stdout", {}).starts_with("print\n{\"id\""));
  CHECK(world.commands.runs.empty());
  CHECK(world.mail.requests.empty());
}

TEST_CASE("sections of local channels and mail are checked when they are made") {
  struct Case {
    std::string_view type;
    Values values;
  };
  const auto with = [](Values values, std::string key, std::string value) {
    for (auto& [known, old] : values) {
      if (known == key) old = value;
    }
    return values;
  };
  const std::vector<Case> rows{
      {"exec", {}},
      {"exec", {{"command", "a 'b"}}},
      {"exec", {{"command", "a"}, {"shell", "yes"}}},
      {"desktop", {{"program", ""}}},
      {"file", {{"path", "relative"}}},
      {"file", {{"path", "/folder/"}}},
      {"file", {{"path", "/x"}, {"sync", "often"}}},
      {"stdout", {{"format", "xml"}}},
      {"email", with(kMail, "url", "http://mail.example")},
      {"email", with(kMail, "url", "smtp://me:s3cret@mail.example")},
      {"email", with(kMail, "url", "smtp://mail.example/x")},
      {"email", with(kMail, "from", "nobody")},
      {"email", with(kMail, "from", "a@b, c@d")},
      {"email", with(kMail, "from", "a@b\r\nBcc: c@d")},
      {"email", with(kMail, "to", "")},
      {"email", with(kMail, "user", "")},
      {"email", {{"url", "smtp://m"}, {"from", "a@b"}, {"to", "c@d"}, {"security", "none"}}},
      {"email",
       {{"url", "smtp://m"}, {"from", "a@b"}, {"to", "c@d"}, {"max_attachment_bytes", "-1"}}},
  };
  World world;
  for (const Case& row : rows) {
    CAPTURE(row.type, row.values);
    const auto channel = make_channel(row.type, row.values, world.ports());
    REQUIRE_FALSE(channel.has_value());
    CHECK(channel.error().code == Errc::invalid_input);
    CHECK(channel.error().message.find("s3cret") == std::string::npos);
  }
  CHECK(make_channel("email", with(kMail, "password", ""), world.ports()).error().code ==
        Errc::rejected);
}

TEST_CASE("ad-hoc urls of local channels and mail") {
  struct Case {
    std::string url;
    std::string type;  // empty: refused
    Values values = {};
  };
  const auto row = GENERATE(values<Case>({
      {"exec:///opt/my%20tools/tell", "exec", {{"command", "\"/opt/my tools/tell\""}}},
      {"exec://host/x", ""},
      {"exec://", ""},
      {"file:///var/log/x.ndjson?sync=each",
       "file",
       {{"path", "/var/log/x.ndjson"}, {"sync", "each"}}},
      {"file://x", ""},
      {"stdout://", "stdout"},
      {"stdout://?format=text", "stdout", {{"format", "text"}}},
      {"stdout://x", ""},
      {"desktop://", "desktop"},
      {"dbus://?bus=unix:path=/b", "desktop", {{"bus", "unix:path=/b"}}},
      {"mailtos://me:s3cret@gmail.com",
       "email",
       {{"url", "smtp://smtp.gmail.com:587"},
        {"user", "me"},
        {"password", "s3cret"},
        {"from", "me@gmail.com"},
        {"to", "me@gmail.com"}}},
      {"mailtos://me%40a.org:s3cret@a.org:465/you@b.org/they@c.org",
       "email",
       {{"url", "smtps://a.org:465"},
        {"user", "me@a.org"},
        {"from", "me@a.org"},
        {"to", "you@b.org,they@c.org"}}},
      {"mailtos://u:s3cret@a.org?smtp=mx.a.org&mode=ssl&from=x@a.org&to=y@b.org&user=login",
       "email",
       {{"url", "smtps://mx.a.org:465"},
        {"user", "login"},
        {"from", "x@a.org"},
        {"to", "y@b.org"}}},
      {"mailto://relay.lan/me@lan.example?from=btcw@lan.example",
       "email",
       {{"url", "smtp://relay.lan:25"}, {"security", "opportunistic"}, {"to", "me@lan.example"}}},
      {"mailto://relay.lan", ""},
      {"mailtos://me:s3cret@a.org?mode=none", ""},
      {"mailtos://me:s3cret@a.org?colour=red", ""},
  }));
  CAPTURE(row.url);
  auto channel = channel_from_url(row.url, "adhoc");
  REQUIRE(channel.has_value() == !row.type.empty());
  if (!channel) {
    CHECK(channel.error().code == Errc::invalid_input);
    CHECK(channel.error().message.find("s3cret") == std::string::npos);
    return;
  }
  CHECK(channel->kind->type == row.type);
  for (const auto& [key, value] : row.values) {
    CAPTURE(key);
    const auto secret = channel->settings.secrets.find(key);
    const auto plain = channel->settings.values.find(key);
    CHECK((secret != channel->settings.secrets.end() ? std::string{secret->second.reveal()}
           : plain != channel->settings.values.end() ? plain->second
                                                     : "") == value);
  }
  World world;
  CHECK(channel->kind->make(std::move(channel->settings), world.ports()).has_value());
}
