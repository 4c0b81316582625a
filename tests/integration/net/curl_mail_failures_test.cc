// A mail server that refuses, hangs, breaks off or is none: at every moment of the dialogue.
#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "curl_fixture.h"
#include "support/smtp_server.h"
#include "support/tcp_service.h"

using btcw::Errc;
using btcw::HttpProgress;
using btcw::MailRequest;
using btcw::MailSecurity;
using btcw::milliseconds;
using btcw::Secret;
using btcw::test::CurlFixture;
using btcw::test::SmtpEncryption;
using btcw::test::SmtpFault;
using btcw::test::SmtpReaction;
using btcw::test::SmtpServer;

namespace {

MailRequest mail_to(const std::string& url) {
  return {.url = url,
          .security = MailSecurity::opportunistic,
          .sender = "btcw@example.org",
          .recipients = {"a@example.org", "b@example.org"},
          .message = "Subject: x\r\n\r\nHello\r\n"};
}

}  // namespace

TEST_CASE("the reply that decided is handed over with its code") {
  struct Case {
    std::string_view moment;
    SmtpReaction reaction;
    int code;
    std::string_view text;
    HttpProgress progress = HttpProgress::not_sent;
  };
  const auto row = GENERATE(values<Case>({
      {"connect", {.reply = "421 4.3.2 too busy"}, 421, "4.3.2 too busy"},
      {"connect", {.reply = "554 5.7.1 you are blocked"}, 554, "5.7.1 you are blocked"},
      {"MAIL", {.reply = "452 4.3.1 out of room"}, 452, "4.3.1 out of room"},
      {"MAIL", {.reply = "550 no"}, 550, "no"},
      {"RCPT", {.reply = "450 4.2.1 greylisted"}, 450, "4.2.1 greylisted"},
      {"RCPT b@example.org", {.reply = "550 5.1.1 unknown"}, 550, "5.1.1 unknown"},
      {"RCPT",
       {.reply = "550-5.1.1 unknown\r\n550-5.1.1 see\r\n550 5.1.1 http://x"},
       550,
       "5.1.1 unknown 5.1.1 see 5.1.1 http://x"},
      {"DATA", {.reply = "451 later"}, 451, "later"},
      {"DATA", {.reply = "554 no valid recipients"}, 554, "no valid recipients"},
      {".", {.reply = "451 4.7.1 try again"}, 451, "4.7.1 try again", HttpProgress::sent},
      {".", {.reply = "552 5.3.4 too big"}, 552, "5.3.4 too big", HttpProgress::sent},
      {".",
       {.reply = "554 5.7.1 spam", .byte_by_byte = true},
       554,
       "5.7.1 spam",
       HttpProgress::sent},
      {".", {.reply = "250"}, 250, "", HttpProgress::sent},
      {".",
       {.reply = "250 a\x01\x1b[31m\xff"
                 "b"},
       250,
       "a??[31m?b",
       HttpProgress::sent},
      {"RCPT", {.reply = "421 shutting down", .close_afterwards = true}, 421, "shutting down"},
      {"QUIT", {.fault = SmtpFault::hang}, 250, "2.0.0 queued", HttpProgress::sent},
  }));
  CAPTURE(row.moment, row.reaction.reply);
  SmtpServer server;
  server.react(row.moment, row.reaction);
  CurlFixture curl;

  const auto outcome = curl.run_mail(mail_to(server.url()));

  REQUIRE(outcome.result.has_value());
  CHECK(outcome.result->code == row.code);
  CHECK(outcome.result->text == row.text);
  if (row.code != 250) CHECK(server.mails().empty());
}

TEST_CASE("a server that refuses EHLO is spoken to as in old times") {
  SmtpServer server;
  server.react("EHLO", {.reply = "502 what?"});
  CurlFixture curl;
  CHECK(curl.run_mail(mail_to(server.url())).result.has_value());
  CHECK(server.mails().size() == 1);

  server.react("HELO", {.reply = "550 go away"});
  const auto refused = curl.run_mail(mail_to(server.url()));
  REQUIRE(refused.result.has_value());
  CHECK(refused.result->code == 550);
}

TEST_CASE("without an answer it is said how far the mail had come") {
  struct Case {
    std::string_view moment;
    SmtpFault fault;
    std::string_view message;
    HttpProgress progress;
  };
  const auto row = GENERATE(values<Case>({
      {"connect", SmtpFault::hang, "no complete answer within 800ms", HttpProgress::not_sent},
      {"connect", SmtpFault::close, "", HttpProgress::not_sent},
      {"connect", SmtpFault::reset, "", HttpProgress::not_sent},
      {"connect", SmtpFault::cut, "", HttpProgress::not_sent},
      {"EHLO", SmtpFault::hang, "no complete answer within 800ms", HttpProgress::not_sent},
      {"EHLO", SmtpFault::close, "", HttpProgress::not_sent},
      {"MAIL", SmtpFault::hang, "no complete answer within 800ms", HttpProgress::not_sent},
      {"MAIL", SmtpFault::garbage, "answer is not SMTP", HttpProgress::not_sent},
      {"RCPT", SmtpFault::close, "closed without an answer", HttpProgress::not_sent},
      {"DATA", SmtpFault::hang, "no complete answer within 800ms", HttpProgress::not_sent},
      {"DATA", SmtpFault::reset, "closed without an answer", HttpProgress::not_sent},
      {".", SmtpFault::hang, "no complete answer within 800ms", HttpProgress::sent},
      {".", SmtpFault::close, "closed without an answer", HttpProgress::sent},
      {".", SmtpFault::reset, "closed without an answer", HttpProgress::sent},
      {".", SmtpFault::cut, "closed without an answer", HttpProgress::sent},
      {".", SmtpFault::garbage, "answer is not SMTP", HttpProgress::sent},
  }));
  CAPTURE(row.moment, row.fault);
  SmtpServer server;
  server.react(row.moment, {.reply = "250 2.0.0 fine", .fault = row.fault});
  CurlFixture curl;
  MailRequest mail = mail_to(server.url());
  // Time enough for a busy machine to come to the moment in question.
  if (row.fault == SmtpFault::hang) mail.timeout = milliseconds{800};

  const auto outcome = curl.run_mail(std::move(mail));

  REQUIRE_FALSE(outcome.result.has_value());
  CHECK(outcome.result.error().code == Errc::unavailable);
  const std::string host = "127.0.0.1:" + std::to_string(server.port()) + ": ";
  CHECK(outcome.result.error().message.starts_with(host));
  if (!row.message.empty())
    CHECK(outcome.result.error().message == host + std::string{row.message});
  CHECK(outcome.progress == row.progress);
}

TEST_CASE("codes that belong nowhere are no answer") {
  struct Case {
    std::string_view moment;
    std::string_view reply;
    std::string_view message;
  };
  const auto row = GENERATE(values<Case>({
      {"MAIL", "354 go on", "answers with an unknown code"},
      {"DATA", "250 ok", "answers with an unknown code"},
      {".", "354 go on", "answers with an unknown code"},
      {"MAIL", "999 what", "answer is not SMTP"},
      {"MAIL", "250-a\r\n251 b", "answer is not SMTP"},
      {"MAIL", "2x0 a", "answer is not SMTP"},
  }));
  CAPTURE(row.moment, row.reply);
  SmtpServer server;
  server.react(row.moment, {.reply = std::string{row.reply}});
  CurlFixture curl;
  const auto outcome = curl.run_mail(mail_to(server.url()));
  REQUIRE_FALSE(outcome.result.has_value());
  CHECK(outcome.result.error().message ==
        "127.0.0.1:" + std::to_string(server.port()) + ": " + std::string{row.message});
}

TEST_CASE("a refusal while the text still goes out is heard") {
  SmtpServer server;
  server.react("text", {.reply = "552 5.3.4 too big", .close_afterwards = true});
  CurlFixture curl;
  MailRequest mail = mail_to(server.url());
  mail.message = std::string(20'000'000, 'x');
  const auto outcome = curl.run_mail(std::move(mail));
  // A connection that is closed with unread text in it may lose the reply on the way.
  if (outcome.result.has_value()) {
    CHECK(outcome.result->code == 552);
  } else {
    CHECK(outcome.result.error().code == Errc::unavailable);
  }
  CHECK(outcome.progress == HttpProgress::not_sent);
}

TEST_CASE("signing in that is refused is for good, and tells nothing of the password") {
  SmtpServer server{{.encryption = SmtpEncryption::starttls, .credentials = "me:right"}};
  btcw::HttpOptions options;
  options.ca_file = server.ca_file();
  CurlFixture curl{std::move(options)};
  const std::string host = "127.0.0.1:" + std::to_string(server.port());
  const auto sign_in = [&] {
    MailRequest mail = mail_to(server.url());
    mail.user = "me";
    mail.password = Secret{"SECRET"};
    return curl.run_mail(std::move(mail));
  };

  const auto wrong = sign_in();
  REQUIRE_FALSE(wrong.result.has_value());
  CHECK(wrong.result.error().code == Errc::rejected);
  CHECK(wrong.result.error().message == host + ": signing in is refused: 535");
  CHECK(wrong.progress == HttpProgress::not_sent);

  server.react("AUTH", {.reply = "454 4.7.0 later"});
  const auto later = sign_in();
  REQUIRE(later.result.has_value());
  CHECK(later.result->code == 454);
  CHECK_FALSE(curl.log.mentions("SECRET"));
}

TEST_CASE("a server that offers no signing in, or none that we know, is for good") {
  struct Case {
    std::string credentials;
    std::string mechanisms;
    std::string_view message;
  };
  const auto row = GENERATE(values<Case>({
      {"", "", "the server does not offer signing in"},
      {"me:x", "X-OTHER", "signing in in no way that both know"},
  }));
  SmtpServer server{{.credentials = row.credentials, .mechanisms = row.mechanisms}};
  CurlFixture curl;
  MailRequest mail = mail_to(server.url());
  mail.user = "me";
  mail.password = Secret{"x"};
  const auto outcome = curl.run_mail(std::move(mail));
  REQUIRE_FALSE(outcome.result.has_value());
  CHECK(outcome.result.error().code == Errc::rejected);
  CHECK(outcome.result.error().message ==
        "127.0.0.1:" + std::to_string(server.port()) + ": " + std::string{row.message});
}

TEST_CASE("STARTTLS that is refused or breaks is no reason to go on without") {
  const auto reaction = GENERATE(values<SmtpReaction>(
      {{.reply = "454 not now"}, {.fault = SmtpFault::close}, {.fault = SmtpFault::garbage}}));
  SmtpServer server{{.encryption = SmtpEncryption::starttls, .credentials = "me:x"}};
  server.react("STARTTLS", reaction);
  btcw::HttpOptions options;
  options.ca_file = server.ca_file();
  CurlFixture curl{std::move(options)};
  MailRequest mail = mail_to(server.url());
  mail.security = MailSecurity::required;
  mail.timeout = milliseconds{300};
  mail.user = "me";
  mail.password = Secret{"x"};
  const auto outcome = curl.run_mail(std::move(mail));
  REQUIRE_FALSE(outcome.result.has_value());
  CHECK(outcome.result.error().code == Errc::unavailable);
  CHECK(outcome.progress == HttpProgress::not_sent);
  for (const auto& line : server.commands()) CHECK_FALSE(line.starts_with("AUTH"));
}

TEST_CASE("what cannot be sent is refused before anybody is connected to") {
  const auto with = [](std::string url, std::string sender, std::vector<std::string> recipients) {
    return MailRequest{.url = std::move(url),
                       .sender = std::move(sender),
                       .recipients = std::move(recipients),
                       .message = "x"};
  };
  SmtpServer server;
  const std::string url = server.url();
  const std::vector<std::vector<std::string>> bad_recipients = {
      {},
      {"a@example.org\r\nRCPT TO:<evil@example.org>"},
      {"a@example.org", "b@example.org> SIZE=1"},
      {"not an address"},
  };
  CurlFixture curl;
  for (const auto& recipients : bad_recipients) {
    const auto outcome = curl.run_mail(with(url, "a@example.org", recipients));
    REQUIRE_FALSE(outcome.result.has_value());
    CHECK(outcome.result.error().code == Errc::invalid_input);
  }
  for (const std::string bad_url :
       {"http://127.0.0.1:1", "smtp://", "127.0.0.1:25", "smtp://me:SECRET@127.0.0.1:1",
        "smtp://127.0.0.1:1/name", "smtp://127.0.0.1:99999"}) {
    const auto outcome = curl.run_mail(with(bad_url, "a@example.org", {"b@example.org"}));
    REQUIRE_FALSE(outcome.result.has_value());
    CHECK(outcome.result.error().code == Errc::invalid_input);
    CHECK(outcome.result.error().message.find("SECRET") == std::string::npos);
  }
  CHECK(curl.run_mail(with(url, "<>\r\nRSET", {"a@example.org"})).result.error().code ==
        Errc::invalid_input);
  MailRequest bad_user = with(url, "a@example.org", {"a@example.org"});
  bad_user.user = "me\r\nRSET";
  CHECK(curl.run_mail(std::move(bad_user)).result.error().code == Errc::invalid_input);
  CHECK(server.connections() == 0);
}

TEST_CASE("addresses beyond ASCII go to servers that say they take them") {
  const bool takes = GENERATE(true, false);
  SmtpServer server{
      {.extensions = takes ? std::vector<std::string>{"SMTPUTF8"} : std::vector<std::string>{}}};
  CurlFixture curl;
  MailRequest mail = mail_to(server.url());
  mail.recipients = {"jürgen@example.org"};
  const auto outcome = curl.run_mail(std::move(mail));
  CHECK(outcome.result.has_value() == takes);
  if (takes) {
    CHECK(server.mails().at(0).recipients.at(0) == "jürgen@example.org");
    CHECK(server.commands().at(1) == "MAIL FROM:<btcw@example.org> SMTPUTF8");
  } else {
    CHECK(outcome.result.error().code == Errc::rejected);
  }
}

TEST_CASE("a mail server that is not there is an error that names it") {
  static const btcw::test::DeafListener kDeaf;
  struct Case {
    std::string url;
    std::string message;
  };
  const std::string refusing = "127.0.0.1:" + std::to_string(btcw::test::refusing_port());
  const std::string deaf = "127.0.0.1:" + std::to_string(kDeaf.port());
  const auto row = GENERATE_COPY(values<Case>({
      {"smtp://" + refusing, refusing + ": connection refused"},
      {"smtps://" + deaf, deaf + ": no connection within 100ms"},
      {"smtp://mail.lost.test", "mail.lost.test:587: host name cannot be resolved"},
      {"smtps://mail.lost.test", "mail.lost.test:465: host name cannot be resolved"},
  }));
  CAPTURE(row.url);
  CurlFixture curl;
  MailRequest mail = mail_to(row.url);
  mail.connect_timeout = milliseconds{100};
  const auto outcome = curl.run_mail(std::move(mail));
  REQUIRE_FALSE(outcome.result.has_value());
  CHECK(outcome.result.error().code == Errc::unavailable);
  CHECK(outcome.result.error().message == row.message);
  CHECK(outcome.progress == HttpProgress::not_sent);
}
