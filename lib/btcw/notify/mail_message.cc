#include "btcw/notify/mail_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "btcw/base/mail_address.h"
#include "btcw/base/percent.h"
#include "btcw/base/quoted.h"
#include "btcw/notify/mime_text.h"
#include "btcw/notify/text/clean_text.h"
#include "btcw/notify/text/escape.h"
#include "btcw/notify/text/split_text.h"

namespace btcw {
namespace {

constexpr std::size_t kMaxSubject = 250;

// What the mail shows, cleaned.
struct MailText {
  std::string subject;
  std::string body;
};

MailText text_of(const Notification& notification, const MailContent& content) {
  MailText text{.subject = clean_line(notification.title), .body = clean_text(notification.body)};
  const auto add_line = [&text](const std::string& line) {
    if (!text.body.empty()) text.body += "\n\n";
    text.body += line;
  };
  for (const std::string& note : content.notes) add_line("[" + clean_line(note) + "]");
  if (notification.maybe_duplicate) add_line("(may be a repeat)");
  if (text.subject.empty()) text.subject = clean_line(text.body.substr(0, text.body.find('\n')));
  if (text.subject.empty()) text.subject = "btcw";
  text.subject = truncate_text(text.subject, kMaxSubject, cost_in_characters);
  return text;
}

// RFC 5322 §3.3: "Fri, 22 Nov 2024 15:40:00 +0000".
std::string mail_date(UtcTime time) {
  constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::weekday weekday{day};
  const auto since_midnight = std::chrono::floor<seconds>(time - day).count();
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} +0000", kDays.at(weekday.c_encoding()),
                     static_cast<unsigned>(date.day()),
                     kMonths.at(static_cast<unsigned>(date.month()) - 1),
                     static_cast<int>(date.year()), since_midnight / 3600, since_midnight / 60 % 60,
                     since_midnight % 60);
}

std::string shown(const Mailbox& mailbox) {
  const std::string address = "<" + mailbox.address + ">";
  return mailbox.name.empty() ? address : mime_phrase(mailbox.name) + " " + address;
}

std::string address_header(std::string_view name, const std::vector<Mailbox>& mailboxes) {
  std::string header{name};
  header += ":";
  for (std::size_t i = 0; i < mailboxes.size(); ++i) {
    header += (i == 0 ? " " : ",\r\n ") + shown(mailboxes[i]);
  }
  return header + "\r\n";
}

std::string priority_headers(Priority priority) {
  switch (priority) {
    case Priority::urgent:
      return "X-Priority: 1 (Highest)\r\nImportance: high\r\nPriority: urgent\r\n";
    case Priority::normal:
      return {};
    case Priority::low:
      return "X-Priority: 5 (Lowest)\r\nImportance: low\r\nPriority: non-urgent\r\n";
  }
  return {};
}

// The shorter of the two encodings, nearly.
std::string text_part(std::string_view type, std::string_view text) {
  const auto beyond = static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0x80U) != 0;
  }));
  const bool use_base64 = beyond > text.size() / 6;
  return fmt::format(
      "Content-Type: {}; charset=utf-8\r\nContent-Transfer-Encoding: {}\r\n\r\n{}\r\n", type,
      use_base64 ? "base64" : "quoted-printable",
      use_base64 ? mime_base64(text) : mime_quoted_printable(text));
}

std::string html_of(const MailText& text, Priority priority) {
  const std::string_view colour = priority == Priority::urgent   ? "#e74c3c"
                                  : priority == Priority::normal ? "#f39c12"
                                                                 : "#95a5a6";
  return fmt::format(
      "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"></head><body>\n"
      "<div style=\"border-left:4px solid {};padding-left:12px;font-family:sans-serif\">\n"
      "<h3 style=\"margin:0 0 8px\">{}</h3>\n<p style=\"margin:0\">{}</p>\n</div>\n"
      "</body></html>\n",
      colour, escape_html(text.subject), escape_html_lines(text.body));
}

std::string_view media_type_of(std::string_view name) {
  struct Row {
    std::string_view ending;
    std::string_view type;
  };
  constexpr std::array kRows{Row{".png", "image/png"},       Row{".jpg", "image/jpeg"},
                             Row{".jpeg", "image/jpeg"},     Row{".gif", "image/gif"},
                             Row{".webp", "image/webp"},     Row{".svg", "image/svg+xml"},
                             Row{".pdf", "application/pdf"}, Row{".json", "application/json"},
                             Row{".csv", "text/csv"},        Row{".txt", "text/plain"}};
  const auto found = std::find_if(kRows.begin(), kRows.end(),
                                  [name](const Row& row) { return name.ends_with(row.ending); });
  return found == kRows.end() ? "application/octet-stream" : found->type;
}

std::string attachment_part(const Attachment& attachment) {
  // RFC 2183 with RFC 2231 for names beyond ASCII, and a plain name for readers without it.
  const std::string name = clean_line(attachment.name);
  std::string plain = name;
  std::replace_if(
      plain.begin(), plain.end(),
      [](char c) { return c < 0x20 || c == 0x7F || c == '"' || c == '\\'; }, '_');
  return fmt::format(
      "Content-Type: {}\r\nContent-Transfer-Encoding: base64\r\n"
      "Content-Disposition: attachment;\r\n filename=\"{}\";\r\n filename*=UTF-8''{}\r\n\r\n{}",
      media_type_of(name), plain.substr(0, 60), percent_encode(name.substr(0, 200)),
      mime_base64(attachment.content));
}

std::string multipart(std::string_view subtype, const std::string& boundary,
                      const std::vector<std::string>& parts) {
  // "=_" can stand in neither base64 nor quoted-printable text.
  std::string out =
      fmt::format("Content-Type: multipart/{};\r\n boundary=\"{}\"\r\n\r\n", subtype, boundary);
  for (const std::string& part : parts) out += "--" + boundary + "\r\n" + part;
  return out + "--" + boundary + "--\r\n";
}

// Takes one mailbox off the front of `text`, and the separator behind it.
std::string_view take_entry(std::string_view& text) {
  bool in_quotes = false;
  std::size_t end = 0;
  for (; end < text.size(); ++end) {
    const char c = text[end];
    if (in_quotes && c == '\\')
      ++end;
    else if (c == '"')
      in_quotes = !in_quotes;
    else if (!in_quotes && (c == ',' || c == ';' || c == '\n'))
      break;
  }
  end = std::min(end, text.size());
  const std::string_view entry = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return entry;
}

std::string unquoted(std::string_view name) {
  if (name.size() < 2 || !name.starts_with('"') || !name.ends_with('"')) return std::string{name};
  std::string out;
  for (std::size_t i = 1; i + 1 < name.size(); ++i) {
    if (name[i] == '\\' && i + 2 < name.size()) ++i;
    out += name[i];
  }
  return out;
}

}  // namespace

std::string compose_mail(const Notification& notification, const MailContent& content) {
  const MailText text = text_of(notification, content);
  const std::string domain = content.sender.address.substr(content.sender.address.rfind('@') + 1);
  std::string mail = "Date: " + mail_date(notification.created) + "\r\n";
  mail += address_header("From", {content.sender});
  mail += address_header("To", content.recipients);
  mail += mime_header("Subject", text.subject);
  mail += "Message-ID: <" + notification.id + ".btcw@" + domain + ">\r\n";
  mail += priority_headers(notification.priority);
  mail += "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n";
  const std::string alternative =
      multipart("alternative", "=_btcw-text-" + notification.id,
                {text_part("text/plain", text.body),
                 text_part("text/html", html_of(text, notification.priority))});
  if (content.attachments.empty()) return mail + alternative;
  std::vector<std::string> parts{alternative};
  for (const Attachment& each : content.attachments) parts.push_back(attachment_part(each));
  return mail + multipart("mixed", "=_btcw-all-" + notification.id, parts);
}

std::string mail_as_text(const Notification& notification, const MailContent& content) {
  const MailText text = text_of(notification, content);
  std::string out = "From: " + shown(content.sender) + "\n";
  for (const Mailbox& each : content.recipients) out += "To: " + shown(each) + "\n";
  out += "Subject: " + text.subject + "\n\n" + text.body + "\n";
  for (const Attachment& each : content.attachments) {
    out += fmt::format("\n[attached: {}, {} bytes]\n", clean_line(each.name), each.content.size());
  }
  return out;
}

Result<std::vector<Mailbox>> parse_mailboxes(std::string_view text) {
  std::vector<Mailbox> mailboxes;
  while (!text.empty()) {
    const std::string entry = clean_line(take_entry(text));
    if (entry.empty()) continue;
    Mailbox mailbox{.address = entry};
    if (const std::size_t open = entry.rfind('<'); open != std::string::npos) {
      const bool is_closed = entry.ends_with('>');
      mailbox.address = entry.substr(open + 1, entry.size() - open - (is_closed ? 2U : 1U));
      mailbox.name = unquoted(clean_line(std::string_view{entry}.substr(0, open)));
      if (!is_closed) mailbox.address.clear();
    }
    if (!is_mail_address(mailbox.address)) {
      return Error{Errc::invalid_input, fmt::format("not a mail address: {}", btcw::quoted(entry))};
    }
    mailboxes.push_back(std::move(mailbox));
  }
  if (mailboxes.empty()) return Error{Errc::invalid_input, "no mail address"};
  return mailboxes;
}

}  // namespace btcw
