#include "format_option.h"

#include <array>

namespace btcw::cli {
namespace {

constexpr std::array kFormats{
    Choice<Format>{"table", Format::table}, Choice<Format>{"plain", Format::plain},
    Choice<Format>{"json", Format::json},   Choice<Format>{"ndjson", Format::ndjson},
    Choice<Format>{"csv", Format::csv},     Choice<Format>{"tsv", Format::tsv},
};

}  // namespace

Result<void> FormatOption::check() const {
  if (json && named != Format::automatic && named != Format::json) {
    return Error{Errc::invalid_input, "--json and --format name two formats"};
  }
  return {};
}

Format FormatOption::for_output(const Session& session) const {
  const Format format = asked();
  if (format != Format::automatic) return format;
  return session.out_is_terminal ? Format::table : Format::plain;
}

void add_format_options(Syntax& command, FormatOption& into) {
  command.choice<Format>("-f,--format",
                         "How to print (default table on a terminal, plain in a pipe)", into.named,
                         kFormats);
  command.flag("-j,--json", "The same as --format json", into.json);
}

}  // namespace btcw::cli
