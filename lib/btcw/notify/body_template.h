#pragma once

#include <string>
#include <string_view>

#include "btcw/base/notification.h"
#include "btcw/base/result.h"

namespace btcw {

/// How a value is written where a template names it.
enum class TemplateEscape {
  json,     ///< as inside of a JSON string, without the quotes
  percent,  ///< as in a form or a URL
  none,
};

/// Whether every {word} of a template is one that fill_template() knows; other braces stand for
/// themselves. Errors: invalid_input with the words there are.
Result<void> check_template(std::string_view text);

/// The template with {id} {title} {text} {priority} {tags} {created} in it filled in; tags are
/// separated by commas. What a value holds is not filled in again.
std::string fill_template(std::string_view text, const Notification& notification,
                          TemplateEscape escape);

}  // namespace btcw
