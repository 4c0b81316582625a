#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace btcw {

/// One complete reply of an SMTP server.
struct SmtpReply {
  int code = 0;           ///< 200 to 599
  std::string text = {};  ///< the lines in a row, printable ASCII ('?' for the rest), cut short

  [[nodiscard]] bool is_success() const { return code < 300; }
  [[nodiscard]] bool is_refusal() const { return code >= 400; }
  friend bool operator==(const SmtpReply&, const SmtpReply&) = default;
};

/// Puts replies together from bytes as they come in.
class SmtpReplyReader {
 public:
  void feed(std::string_view bytes) { pending_ += bytes; }
  /// The next complete one. nullopt: more bytes are needed, or is_garbage().
  std::optional<SmtpReply> next();
  /// Whether what came is not SMTP. It stays so.
  [[nodiscard]] bool is_garbage() const { return garbage_; }

 private:
  std::string pending_;
  SmtpReply reply_;  // the lines so far
  bool garbage_ = false;
};

}  // namespace btcw
