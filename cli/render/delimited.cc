#include "render/delimited.h"

#include <utility>

namespace btcw::cli {
namespace {

void append_quoted(std::string_view field, std::string& line) {
  if (field.find_first_of(",\"\r\n") == std::string_view::npos) {
    line += field;
    return;
  }
  line += '"';
  for (const char c : field) {
    if (c == '"') line += '"';
    line += c;
  }
  line += '"';
}

void append_escaped(std::string_view field, std::string& line) {
  for (const char c : field) {
    switch (c) {
      case '\t':
        line += "\\t";
        break;
      case '\n':
        line += "\\n";
        break;
      case '\r':
        line += "\\r";
        break;
      case '\\':
        line += "\\\\";
        break;
      default:
        line += c;
    }
  }
}

}  // namespace

void DelimitedLine::add(std::string_view field) {
  if (!first_) line_ += kind_ == Delimited::csv ? ',' : '\t';
  first_ = false;
  if (kind_ == Delimited::csv) {
    append_quoted(field, line_);
  } else {
    append_escaped(field, line_);
  }
}

std::string DelimitedLine::take() {
  first_ = true;
  return std::exchange(line_, {}) + '\n';
}

}  // namespace btcw::cli
