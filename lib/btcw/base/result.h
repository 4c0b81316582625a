#pragma once

#include <cassert>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "btcw/base/time.h"

namespace btcw {

/// What the caller should do about an error. Retry policies and exit codes are switches over it.
enum class Errc {
  invalid_input,  ///< Mend what you asked: usage, configuration, an expression.
  not_found,      ///< What you asked for does not exist there.
  unavailable,    ///< Try again later, or somewhere else: network, disk, a lock that is held.
  rate_limited,   ///< Do not ask before `Error::retry_at`.
  rejected,       ///< The other side understood and refuses; asking again will not help.
  bad_data,       ///< What came back is not what it should be.
};

/// The name of a code as it stands in the JSON output and in logs: "rate_limited".
std::string_view to_string(Errc code);

/// An expected failure: a code for the program, one line for the person.
///
/// `message` is lower case, without a full stop, quotes the bad input cut short, and never holds a
/// secret.
struct Error {
  Errc code = Errc::unavailable;
  std::string message;
  /// Set with rate_limited: the first moment at which asking again is allowed.
  std::optional<UtcTime> retry_at = std::nullopt;

  /// The same error with "where: " before its message.
  [[nodiscard]] Error within(std::string_view where) &&;

  friend bool operator==(const Error&, const Error&) = default;
};

/// A value or an Error, with the member names of std::expected.
///
/// value(), operator* and operator-> have the precondition has_value(); error() has its opposite.
/// Of a temporary they are values, not references: `for (auto& each : *list())` outlives list().
template <typename T>
class [[nodiscard]] Result {
  using Stored = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

 public:
  using value_type = T;

  Result() requires(std::is_void_v<T>) : state_{std::in_place_index<0>} {}
  template <typename U = Stored>
  requires(!std::is_void_v<T> && std::is_constructible_v<Stored, U&&> &&
           !std::is_same_v<std::remove_cvref_t<U>, Result> &&
           !std::is_same_v<std::remove_cvref_t<U>, Error>) Result(U&& value)
      : state_{std::in_place_index<0>, std::forward<U>(value)} {}
  Result(Error error) : state_{std::in_place_index<1>, std::move(error)} {}

  [[nodiscard]] bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  [[nodiscard]] std::add_lvalue_reference_t<Stored> value() & { return get(); }
  [[nodiscard]] const Stored& value() const& { return get(); }
  [[nodiscard]] Stored value() && { return std::move(get()); }
  [[nodiscard]] Stored& operator*() & { return get(); }
  [[nodiscard]] const Stored& operator*() const& { return get(); }
  [[nodiscard]] Stored operator*() && { return std::move(get()); }
  Stored* operator->() { return &get(); }
  const Stored* operator->() const { return &get(); }

  [[nodiscard]] Error& error() & { return failure(); }
  [[nodiscard]] const Error& error() const& { return const_cast<Result*>(this)->failure(); }
  [[nodiscard]] Error&& error() && { return std::move(failure()); }

  template <typename U>
  [[nodiscard]] Stored value_or(U&& otherwise) const& {
    return has_value() ? value() : static_cast<Stored>(std::forward<U>(otherwise));
  }
  template <typename U>
  [[nodiscard]] Stored value_or(U&& otherwise) && {
    return has_value() ? std::move(*this).value() : static_cast<Stored>(std::forward<U>(otherwise));
  }

  /// The same result; an error gets "where: " before its message.
  [[nodiscard]] Result within(std::string_view where) && {
    if (!has_value()) failure() = std::move(failure()).within(where);
    return std::move(*this);
  }

 private:
  Stored& get() {
    assert(has_value());
    return *std::get_if<0>(&state_);
  }
  const Stored& get() const { return const_cast<Result*>(this)->get(); }
  Error& failure() {
    assert(!has_value());
    return *std::get_if<1>(&state_);
  }

  std::variant<Stored, Error> state_;
};

}  // namespace btcw
