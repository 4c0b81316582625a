// Replies and the dialogue, without a network.
#include <catch2/catch.hpp>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/net/smtp_dialogue.h"
#include "btcw/net/smtp_reply.h"

using btcw::HttpProgress;
using btcw::MailRequest;
using btcw::SmtpDialogue;
using btcw::SmtpExtensions;
using btcw::SmtpReply;
using btcw::SmtpReplyReader;
using btcw::to_wire;

TEST_CASE("replies are put together wherever the bytes are cut") {
  const std::string_view bytes =
      "220 hello\r\n250-one\r\n250-two\r\n250 three\r\n250\r\n354 go\n550-\r\n550 no\r\n";
  const std::vector<SmtpReply> expected = {
      {220, "hello"}, {250, "one two three"}, {250, ""}, {354, "go"}, {550, "no"}};
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    CAPTURE(cut);
    SmtpReplyReader reader;
    std::vector<SmtpReply> replies;
    for (const std::string_view part : {bytes.substr(0, cut), bytes.substr(cut)}) {
      reader.feed(part);
      while (auto reply = reader.next()) replies.push_back(*reply);
    }
    CHECK(replies == expected);
    CHECK_FALSE(reader.is_garbage());
  }
}

TEST_CASE("what is no reply is called garbage, and stays so") {
  const auto bytes = GENERATE(values<std::string>({
      "\r\n",
      "25\r\n",
      "2500 x\r\n",
      "150 x\r\n",
      "600 x\r\n",
      "abc def\r\n",
      "250-a\r\n251 b\r\n",
      "HTTP/1.1 400 Bad Request\r\n",
      std::string(5000, 'x'),
      std::string("250 \0\r\n250_x\r\n", 14),
  }));
  CAPTURE(bytes);
  SmtpReplyReader reader;
  reader.feed(bytes);
  while (reader.next()) {
  }
  CHECK(reader.is_garbage());
  reader.feed("250 ok\r\n");
  CHECK_FALSE(reader.next().has_value());
}

TEST_CASE("a reply's text is cut short") {
  SmtpReplyReader reader;
  for (int i = 0; i < 100; ++i) reader.feed("250-" + std::string(50, 'x') + "\r\n");
  reader.feed("250 end\r\n");
  const auto reply = reader.next();
  REQUIRE(reply.has_value());
  CHECK(reply->text.size() <= 300);
}

TEST_CASE("a text goes over the wire in lines, with doubled dots, and ends with one dot") {
  struct Case {
    std::string_view text;
    std::string_view wire;
  };
  const auto row = GENERATE(values<Case>({
      {"", ".\r\n"},
      {"a", "a\r\n.\r\n"},
      {"a\r\n", "a\r\n.\r\n"},
      {".", "..\r\n.\r\n"},
      {"a\r\n.\r\nb", "a\r\n..\r\nb\r\n.\r\n"},
      {"a\n.\nb", "a\r\n..\r\nb\r\n.\r\n"},
      {"a\r.\rb", "a\r\n..\r\nb\r\n.\r\n"},
      {"a.b\r\n", "a.b\r\n.\r\n"},
      {"\r\n\r\n", "\r\n\r\n.\r\n"},
  }));
  CHECK(to_wire(row.text) == row.wire);
}

TEST_CASE("no text, however its lines end, shows a server an end that is not ours") {
  const std::string_view bytes = "\r\n..a";
  std::mt19937 random{11};
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (int j = 0; j < 12; ++j) text += bytes[random() % bytes.size()];
    const std::string wire = to_wire(text);
    const std::string_view body = std::string_view{wire}.substr(0, wire.size() - 3);
    bool is_sound = wire.ends_with(".\r\n") && (body.empty() || body.ends_with("\r\n"));
    // Line for line: no CR or LF inside of one, and no line of a single dot.
    for (std::string_view rest = body; !rest.empty();) {
      const std::size_t end = rest.find("\r\n");
      const std::string_view line = rest.substr(0, end);
      is_sound = is_sound && line.find_first_of("\r\n") == std::string_view::npos && line != ".";
      rest.remove_prefix(line.size() + 2);
    }
    if (!is_sound) FAIL(i);
  }
}

TEST_CASE("the dialogue asks for one thing after the other and knows when all of it is out") {
  SmtpExtensions extensions;
  for (const std::string_view line : {"250-host\r\n", "250-SIZE 1000\r\n", "250 AUTH=LOGIN\r\n"})
    extensions.note(line);
  CHECK(extensions.size);
  CHECK(extensions.auth);
  CHECK_FALSE(extensions.utf8);
  SmtpDialogue dialogue{
      {.url = "smtp://x", .sender = "a@x", .recipients = {"b@x", "c@x"}, .message = "hi\r\n"},
      extensions};
  const auto say_all = [&] {
    const std::string line{dialogue.outgoing()};
    dialogue.sent(line.size());
    return line;
  };

  CHECK(say_all() == "MAIL FROM:<a@x> SIZE=7\r\n");
  dialogue.receive("250 ok\r\n");
  CHECK(say_all() == "RCPT TO:<b@x>\r\n");
  dialogue.receive("251 ok\r\n");
  CHECK(say_all() == "RCPT TO:<c@x>\r\n");
  dialogue.receive("250 ok\r\n");
  CHECK(say_all() == "DATA\r\n");
  dialogue.receive("354 ok\r\n");
  CHECK(dialogue.outgoing() == "hi\r\n.\r\n");
  dialogue.sent(6);
  CHECK(dialogue.progress() == HttpProgress::not_sent);
  dialogue.sent(1);
  CHECK(dialogue.progress() == HttpProgress::sent);
  CHECK_FALSE(dialogue.outcome().has_value());
  dialogue.receive("250 taken\r\n");
  REQUIRE(dialogue.outcome().has_value());
  CHECK((*dialogue.outcome())->text == "taken");
}

TEST_CASE("an answer to what was not asked yet is no answer") {
  SmtpDialogue dialogue{
      {.url = "smtp://x", .sender = "a@x", .recipients = {"b@x"}, .message = "hi"}, {}};
  dialogue.receive("250 ok\r\n");
  REQUIRE(dialogue.outcome().has_value());
  CHECK_FALSE(dialogue.outcome()->has_value());
}
