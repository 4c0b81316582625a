#include "btcw/notify/mail_message.h"

#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/notify/mime_text.h"

using btcw::compose_mail;
using btcw::from_unix_ms;
using btcw::Mailbox;
using btcw::MailContent;
using btcw::mime_header;
using btcw::mime_phrase;
using btcw::mime_quoted_printable;
using btcw::Notification;
using btcw::parse_mailboxes;
using btcw::Priority;

namespace {

Notification sample() {
  return {.id = "0001-abc",
          .title = "BTC up",
          .body = "last 97123.40",
          .created = from_unix_ms(1'732'290'000'123)};
}

MailContent content() {
  return {.sender = {.name = "btcw", .address = "btcw@example.org"},
          .recipients = {{.name = "Me", .address = "me@example.org"}}};
}

// The lines of the header, unfolded or not.
std::string head_of(const std::string& mail) { return mail.substr(0, mail.find("\r\n\r\n")); }

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1))
    ++count;
  return count;
}

void check_lines(const std::string& mail) {
  std::size_t begin = 0;
  while (begin < mail.size()) {
    const std::size_t end = mail.find('\n', begin);
    REQUIRE(end != std::string::npos);
    REQUIRE(end > begin);
    CHECK(mail[end - 1] == '\r');
    CHECK(end - begin <= 100);
    begin = end + 1;
  }
  for (const char c : mail) {
    const bool is_fine = (c >= ' ' && c <= '~') || c == '\r' || c == '\n' || c == '\t';
    if (!is_fine) FAIL("a byte beyond plain ASCII");
  }
}

}  // namespace

TEST_CASE("a mail says who, when and what, and a repeat has the same Message-ID") {
  const std::string mail = compose_mail(sample(), content());
  CHECK(head_of(mail) ==
        "Date: Fri, 22 Nov 2024 15:40:00 +0000\r\n"
        "From: btcw <btcw@example.org>\r\n"
        "To: Me <me@example.org>\r\n"
        "Subject: BTC up\r\n"
        "Message-ID: <0001-abc.btcw@example.org>\r\n"
        "Auto-Submitted: auto-generated\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: multipart/alternative;\r\n"
        " boundary=\"=_btcw-text-0001-abc\"");
  CHECK(mail.find("Content-Type: text/plain; charset=utf-8\r\n"
                  "Content-Transfer-Encoding: quoted-printable\r\n\r\nlast 97123.40\r\n"
                  "--=_btcw-text-0001-abc\r\n") != std::string::npos);
  CHECK(mail.ends_with("--=_btcw-text-0001-abc--\r\n"));
  CHECK(compose_mail(sample(), content()) == mail);
  check_lines(mail);
}

TEST_CASE("the priority is told in the headers that mail programs look at") {
  Notification message = sample();
  message.priority = Priority::urgent;
  CHECK(head_of(compose_mail(message, content()))
            .find("X-Priority: 1 (Highest)\r\nImportance: high") != std::string::npos);
  message.priority = Priority::low;
  CHECK(head_of(compose_mail(message, content())).find("Importance: low") != std::string::npos);
}

TEST_CASE("no title, name or text can bring a header of its own") {
  const auto evil = GENERATE(values<std::string>({
      "x\r\nBcc: evil@example.org",
      "x\nBcc: evil@example.org\n\nbody",
      "x\r\n\r\n<html>",
      std::string{"x\0\r\nBcc: evil@example.org", 26},
      "x\x0b\x0c\x85 Bcc: evil@example.org",
      "=?UTF-8?B?DQpCY2M6IGV2aWxAZXhhbXBsZS5vcmc=?=",
      "\xff\xfe\r\nBcc: evil@example.org",
  }));
  Notification message = sample();
  message.title = evil;
  message.body = evil;
  MailContent mail_content = content();
  mail_content.sender.name = evil;
  mail_content.recipients[0].name = evil;
  mail_content.attachments = {{.name = evil, .content = evil}};
  mail_content.notes = {evil};

  const std::string mail = compose_mail(message, mail_content);

  CAPTURE(mail);
  CHECK(count_of(head_of(mail), "\r\nBcc:") == 0);
  // The same for the header of a part: the name of a file.
  const std::string part = mail.substr(mail.find("\r\nContent-Disposition:") + 2);
  CHECK(count_of(head_of(part), "\r\nBcc:") == 0);
  CHECK(count_of(mail, "\nSubject:") == 1);
  CHECK(head_of(mail).find("multipart/mixed") != std::string::npos);
  check_lines(mail);
}

TEST_CASE("the text is escaped in the HTML part, and shown as it is in the other") {
  Notification message = sample();
  message.body = "<script>alert(1)</script> & \"more\"";
  const std::string mail = compose_mail(message, content());
  CHECK(count_of(mail, "<script>") == 1);
  CHECK(count_of(mail, "&lt;script&gt;") == 1);
}

TEST_CASE("attachments go along with names of any script") {
  MailContent mail_content = content();
  mail_content.attachments = {{.name = "chart \"1\".png", .content = "PNG"},
                              {.name = "заметка.txt", .content = std::string(200, 'x')}};
  const std::string mail = compose_mail(sample(), mail_content);
  CHECK(mail.find("Content-Type: image/png\r\n") != std::string::npos);
  CHECK(mail.find("filename=\"chart _1_.png\";\r\n filename*=UTF-8''chart%20%221%22.png") !=
        std::string::npos);
  CHECK(mail.find("filename*=UTF-8''%D0%B7") != std::string::npos);
  CHECK(mail.find("\r\n\r\nUE5H\r\n--") != std::string::npos);
  CHECK(mail.ends_with("--=_btcw-all-0001-abc--\r\n"));
}

TEST_CASE("a message without a title is named by its first line, a repeat is marked") {
  Notification message = sample();
  message.title = "";
  message.body = "first\nsecond";
  message.maybe_duplicate = true;
  const std::string text = btcw::mail_as_text(message, content());
  CHECK(text ==
        "From: btcw <btcw@example.org>\nTo: Me <me@example.org>\nSubject: first\n\n"
        "first\nsecond\n\n(may be a repeat)\n");
}

TEST_CASE("headers are folded, and encoded where they are more than ASCII") {
  struct Case {
    std::string text;
    std::string header;
  };
  const auto row = GENERATE(values<Case>({
      {"plain", "Subject: plain\r\n"},
      {"", "Subject: \r\n"},
      {"tab\there", "Subject: tab here\r\n"},
      {"größer", "Subject:\r\n =?UTF-8?B?Z3LDtsOfZXI=?=\r\n"},
      {"=?x", "Subject:\r\n =?UTF-8?B?PT94?=\r\n"},
      {std::string(40, 'a') + " " + std::string(40, 'b'),
       "Subject: " + std::string(40, 'a') + "\r\n " + std::string(40, 'b') + "\r\n"},
      {std::string(70, 'a'),
       "Subject:\r\n =?UTF-8?B?YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh?=\r\n"
       " =?UTF-8?B?YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYQ==?=\r\n"},
  }));
  CHECK(mime_header("Subject", row.text) == row.header);
}

TEST_CASE("an encoded word never ends inside of a character") {
  std::string text;
  for (int i = 0; i < 40; ++i) text += i % 3 == 0 ? "😀" : "é";
  const std::string header = mime_header("Subject", text);
  // Base64 of whole three-byte groups has no padding; every word decodes by itself.
  CHECK(count_of(header, "=?UTF-8?B?") > 2);
  for (std::size_t at = header.find("\r\n"); at + 2 < header.size();
       at = header.find("\r\n", at + 2))
    CHECK(header.find("\r\n", at + 2) - at - 2 <= 76);
}

TEST_CASE("phrases are quoted where they need it") {
  CHECK(mime_phrase("btcw alerts") == "btcw alerts");
  CHECK(mime_phrase("Doe, Jane") == "\"Doe, Jane\"");
  CHECK(mime_phrase(R"(a "b" \c)") == R"("a \"b\" \\c")");
  CHECK(mime_phrase("Jürgen") == "=?UTF-8?B?SsO8cmdlbg==?=");
}

TEST_CASE("quoted-printable keeps to its lines") {
  CHECK(mime_quoted_printable("a=b") == "a=3Db");
  CHECK(mime_quoted_printable("é\n.") == "=C3=A9\r\n.");
  CHECK(mime_quoted_printable("end \nx\t") == "end=20\r\nx=09");
  CHECK(mime_quoted_printable(std::string(80, 'a')) ==
        std::string(75, 'a') + "=\r\n" + std::string(5, 'a'));
  CHECK(mime_quoted_printable(std::string(74, 'a') + "é") == std::string(74, 'a') + "=\r\n=C3=A9");
}

TEST_CASE("mailboxes are read with names, quotes and separators, or refused") {
  using Boxes = std::vector<Mailbox>;
  struct Case {
    std::string text;
    std::optional<Boxes> boxes;  // nullopt: refused
  };
  const auto row = GENERATE(values<Case>({
      {"a@b", Boxes{{"", "a@b"}}},
      {" a@b , c@d;e@f\ng@h ", Boxes{{"", "a@b"}, {"", "c@d"}, {"", "e@f"}, {"", "g@h"}}},
      {"Me <a@b>", Boxes{{"Me", "a@b"}}},
      {"\"Doe, Jane\" <a@b>, c@d", Boxes{{"Doe, Jane", "a@b"}, {"", "c@d"}}},
      {R"("a \"b\" \\" <a@b>)", Boxes{{R"(a "b" \)", "a@b"}}},
      {"a@b,", Boxes{{"", "a@b"}}},
      {"", std::nullopt},
      {" , ", std::nullopt},
      {"me", std::nullopt},
      {"Me <a@b", std::nullopt},
      {"Me <a@b> x", std::nullopt},
      {"<>", std::nullopt},
      {"a@b c@d", std::nullopt},
      {"a@b, \"c", std::nullopt},
      {"Me <a@b\r\nBcc: c@d>", std::nullopt},
  }));
  CAPTURE(row.text);
  const auto boxes = parse_mailboxes(row.text);
  REQUIRE(boxes.has_value() == row.boxes.has_value());
  if (row.boxes) CHECK(*boxes == *row.boxes);
}
