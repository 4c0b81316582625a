#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/result.h"

namespace btcw {

/// One member of a JSON object.
struct MessageMember {
  enum class Kind { null, text, number, boolean, texts, other };

  std::string key;
  Kind kind = Kind::null;
  std::string text = {};                ///< a text; a number or boolean as it was written
  std::vector<std::string> texts = {};  ///< a list of texts alone
  std::string json = {};                ///< the value on one line; of a text alone: empty
  bool taken = false;
};

/// The members of one JSON object in their order. Its size is the only limit on how many: reading
/// and searching take time in proportion to it. Numbers keep their digits.
class MessageMembers {
 public:
  /// Errors: bad_data (not JSON in UTF-8, cut short, not an object).
  static Result<MessageMembers> read(std::string_view json);

  /// The last member of that name; nullptr: there is none, or it is null.
  [[nodiscard]] const MessageMember* find(std::string_view name) const;
  /// As find(); all members of that name are gone from rest().
  const MessageMember* take(std::string_view name);
  /// The members that were not taken as one JSON object; "" when there are none.
  [[nodiscard]] std::string rest() const;

 private:
  std::vector<MessageMember> members_;
};

}  // namespace btcw
