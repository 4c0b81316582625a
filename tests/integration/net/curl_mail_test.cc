// Mail through a real server that obliges.
#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "curl_fixture.h"
#include "support/proxy_server.h"
#include "support/sanitizer.h"
#include "support/smtp_server.h"
#include "support/tcp_service.h"

using btcw::Errc;
using btcw::HttpOptions;
using btcw::HttpProgress;
using btcw::MailRequest;
using btcw::MailSecurity;
using btcw::milliseconds;
using btcw::Secret;
using btcw::test::CurlFixture;
using btcw::test::ProxyKind;
using btcw::test::ProxyServer;
using btcw::test::ServerTls;
using btcw::test::SmtpEncryption;
using btcw::test::SmtpServer;

namespace {

MailRequest mail_to(const SmtpServer& server) {
  return {.url = server.url(),
          .sender = "btcw@example.org",
          .recipients = {"me@example.org"},
          .message = "Subject: x\r\n\r\nHello\r\n"};
}

HttpOptions trusting(const SmtpServer& server) {
  HttpOptions options;
  options.ca_file = server.ca_file();
  return options;
}

}  // namespace

TEST_CASE("a mail is handed over encrypted, to all recipients, by whoever signed in") {
  const auto encryption = GENERATE(SmtpEncryption::starttls, SmtpEncryption::implicit);
  const std::string_view mechanisms = GENERATE("PLAIN LOGIN", "LOGIN");
  SmtpServer server{{.encryption = encryption,
                     .credentials = "me@example.org:pass word",
                     .mechanisms = std::string{mechanisms}}};
  CurlFixture curl{trusting(server)};
  MailRequest mail = mail_to(server);
  mail.user = "me@example.org";
  mail.password = Secret{"pass word"};
  mail.recipients = {"a@example.org", "b@example.org"};

  const auto outcome = curl.run_mail(std::move(mail));

  REQUIRE(outcome.result.has_value());
  CHECK(outcome.result->code == 250);
  CHECK(outcome.result->text == "2.0.0 queued");
  REQUIRE(server.mails().size() == 1);
  const auto received = server.mails()[0];
  CHECK(received.sender == "btcw@example.org");
  CHECK(received.recipients == std::vector<std::string>{"a@example.org", "b@example.org"});
  CHECK(received.message == "Subject: x\r\n\r\nHello\r\n");
  CHECK(received.user == "me@example.org");
  CHECK(received.encrypted);
}

TEST_CASE("dots and odd line ends reach the server as lines of the text") {
  SmtpServer server;
  CurlFixture curl;
  MailRequest mail = mail_to(server);
  mail.security = MailSecurity::opportunistic;
  mail.message = ".\r\n..\r\n.x\r\na\n.\nMAIL FROM:<evil@example.org>\n\rb\r\r\nend";

  REQUIRE(curl.run_mail(std::move(mail)).result.has_value());

  REQUIRE(server.mails().size() == 1);
  CHECK(server.mails()[0].message ==
        ".\r\n..\r\n.x\r\na\r\n.\r\nMAIL FROM:<evil@example.org>\r\n\r\nb\r\n\r\nend\r\n");
}

TEST_CASE("a mail of many megabytes arrives whole") {
  const auto encryption = GENERATE(SmtpEncryption::none, SmtpEncryption::starttls);
  SmtpServer server{{.encryption = encryption}};
  CurlFixture curl{encryption == SmtpEncryption::none ? HttpOptions{} : trusting(server)};
  MailRequest mail = mail_to(server);
  mail.security = MailSecurity::opportunistic;
  // A sanitizer makes the server too slow for more within the time-out.
  constexpr std::size_t kSize = btcw::test::kSanitized ? 2'000'000 : 12'000'000;
  std::string text;
  while (text.size() < kSize) text += "." + std::string(70, 'x') + "\r\n";
  mail.message = text;

  const auto outcome = curl.run_mail(std::move(mail));

  REQUIRE(outcome.result.has_value());
  REQUIRE(server.mails().size() == 1);
  CHECK(server.mails()[0].message == text);
}

TEST_CASE("what is not encrypted is refused unless that was asked for") {
  SmtpServer server{{.credentials = "me:SECRET"}};
  CurlFixture curl;
  MailRequest mail = mail_to(server);
  mail.user = "me";
  mail.password = Secret{"SECRET"};

  const auto outcome = curl.run_mail(std::move(mail));

  REQUIRE_FALSE(outcome.result.has_value());
  CHECK(outcome.result.error().code == Errc::unavailable);
  CHECK(outcome.result.error().message ==
        "127.0.0.1:" + std::to_string(server.port()) + ": the server does not offer STARTTLS");
  CHECK(outcome.progress == HttpProgress::not_sent);
  for (const auto& line : server.commands()) CHECK_FALSE(line.starts_with("AUTH"));

  MailRequest lenient = mail_to(server);
  lenient.security = MailSecurity::opportunistic;
  lenient.user = "me";
  lenient.password = Secret{"SECRET"};
  CHECK(curl.run_mail(std::move(lenient)).result.has_value());
  CHECK_FALSE(server.mails().at(0).encrypted);
}

TEST_CASE("a certificate in doubt ends the dialogue before anything is told") {
  const auto encryption = GENERATE(SmtpEncryption::starttls, SmtpEncryption::implicit);
  struct Case {
    ServerTls tls;
    std::string_view message;
  };
  const auto row = GENERATE(values<Case>({
      {ServerTls::wrong_host,
       "no alternative certificate subject name matches target host name '127.0.0.1'"},
      {ServerTls::self_signed, "self-signed certificate"},
      {ServerTls::expired, "certificate has expired"},
  }));
  SmtpServer server{{.encryption = encryption, .tls = row.tls, .credentials = "me:SECRET"}};
  CurlFixture curl{trusting(server)};
  MailRequest mail = mail_to(server);
  mail.security = GENERATE(MailSecurity::required, MailSecurity::opportunistic);
  mail.user = "me";
  mail.password = Secret{"SECRET"};

  const auto outcome = curl.run_mail(std::move(mail));

  REQUIRE_FALSE(outcome.result.has_value());
  CHECK(outcome.result.error().code == Errc::unavailable);
  CHECK(outcome.result.error().message ==
        "127.0.0.1:" + std::to_string(server.port()) +
            ": TLS certificate refused: " + std::string{row.message});
  CHECK(server.mails().empty());
  for (const auto& line : server.commands()) CHECK_FALSE(line.starts_with("AUTH"));
}

TEST_CASE("the bundle vouches for a mail server that the folder does not know") {
  SmtpServer server{{.encryption = SmtpEncryption::starttls}};
  const btcw::SystemClock clock;
  btcw::test::RecordingLog log;
  CurlFixture curl;
  curl.http = btcw::make_curl_transport(
      {}, {}, clock, log, {.folder = "/nonexistent", .bundle = server.ca_file().string()});
  CHECK(curl.run_mail(mail_to(server)).result.has_value());
  CHECK(server.mails().size() == 1);
  CHECK(server.connections() == 2);
}

TEST_CASE("mail goes through the proxy of the configuration, or of the environment for mail") {
  const ProxyKind kind = GENERATE(ProxyKind::http, ProxyKind::socks5);
  SmtpServer server{{.encryption = SmtpEncryption::starttls}};
  ProxyServer proxy{{.kind = kind}};
  HttpOptions options = trusting(server);
  btcw::Environment environment;
  const std::string_view variable = GENERATE("", "smtp_proxy", "ALL_PROXY");
  if (variable.empty()) {
    options.proxy_url = proxy.url();
  } else {
    environment = btcw::Environment{{{std::string{variable}, proxy.url()}}};
  }
  CurlFixture curl{std::move(options), environment};

  REQUIRE(curl.run_mail(mail_to(server)).result.has_value());

  REQUIRE(proxy.requests().size() == 1);
  CHECK(proxy.requests()[0].target == "127.0.0.1:" + std::to_string(server.port()));
}

TEST_CASE("the proxies of the web are not asked to carry mail") {
  SmtpServer server;
  ProxyServer proxy;
  CurlFixture curl{{},
                   btcw::Environment{{{"http_proxy", proxy.url()}, {"https_proxy", proxy.url()}}}};
  MailRequest mail = mail_to(server);
  mail.security = MailSecurity::opportunistic;
  REQUIRE(curl.run_mail(std::move(mail)).result.has_value());
  CHECK(proxy.requests().empty());
}

TEST_CASE("a proxy that is gone is gone around where that is allowed, and named where not") {
  SmtpServer server;
  const std::string proxy = "127.0.0.1:" + std::to_string(btcw::test::refusing_port());
  MailRequest mail = mail_to(server);
  mail.security = MailSecurity::opportunistic;
  CurlFixture strict{{.proxy_url = "http://" + proxy}};
  const auto outcome = strict.run_mail(std::move(mail));
  REQUIRE_FALSE(outcome.result.has_value());
  CHECK(outcome.result.error().message == "proxy " + proxy + ": connection refused");

  MailRequest again = mail_to(server);
  again.security = MailSecurity::opportunistic;
  CurlFixture lenient{{.proxy_url = "http://" + proxy, .fallback_direct = true}};
  CHECK(lenient.run_mail(std::move(again)).result.has_value());
  CHECK(lenient.log.count(btcw::LogLevel::warning, proxy) == 1);
}

TEST_CASE("mails and requests go side by side, and one server that hangs holds up nobody") {
  btcw::test::HttpServer http{btcw::test::always({.body = "ok"})};
  SmtpServer quick;
  SmtpServer hung;
  hung.react(".", {.fault = btcw::test::SmtpFault::hang});
  CurlFixture curl;
  std::size_t done = 0;
  const auto send = [&](const SmtpServer& server) {
    MailRequest mail = mail_to(server);
    mail.security = MailSecurity::opportunistic;
    curl.http->start_mail(std::move(mail), [&](const btcw::Result<btcw::MailAnswer>& answer) {
      done += answer.has_value() ? 1U : 0U;
    });
  };
  send(hung);
  for (int i = 0; i < 30; ++i) {
    send(quick);
    curl.http->start({.url = http.url()}, [&](const btcw::Result<btcw::HttpResponse>& answer) {
      done += answer.has_value() ? 1U : 0U;
    });
  }
  const auto begin = curl.clock.steady_now();
  while (done < 60) curl.http->drive(btcw::SteadyTime::max());
  CHECK(curl.clock.steady_now() - begin < btcw::seconds{15});
  CHECK(quick.mails().size() == 30);
  CHECK(curl.http->drive(btcw::SteadyTime{}) == 1);

  std::optional<Errc> code;
  send(quick);
  curl.http->start_mail(mail_to(quick), [&](const btcw::Result<btcw::MailAnswer>& answer) {
    code = answer.error().code;
  });
  curl.http->cancel_all();
  CHECK(code == Errc::unavailable);
  CHECK(curl.http->drive(btcw::SteadyTime{}) == 0);
}
