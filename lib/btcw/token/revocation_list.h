#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "btcw/base/result.h"
#include "btcw/base/time.h"
#include "btcw/token/file_handle.h"
#include "btcw/token/revocation_check.h"
#include "btcw/token/revocation_lines.h"
#include "btcw/token/revocation_record.h"

namespace btcw::token {

/// The tokens that were revoked, in one file that any number of processes share.
///
/// New records are appended under a lock and synced before add() returns; from time to time, and by
/// prune(), the file is written anew, sorted and without what has expired, and put in place by a
/// rename. Readers take no lock. A record that was cut off at the end of the file was never
/// acknowledged and does not count; any other damage is an error, never a token that passes. One
/// thread uses an object.
class RevocationList final : public RevocationCheck {
 public:
  /// The file need not be there: then nothing is revoked.
  explicit RevocationList(std::filesystem::path file) : file_{std::move(file)} {}

  /// Whether it was revoked by now. The first look-ups search the file; one that is asked more
  /// often keeps all of it in memory and reads on when the file has grown.
  /// Errors: unavailable when the file cannot be read; bad_data when it is damaged.
  Result<bool> contains(std::string_view jti) override;

  /// Adds them for all processes; they outlast a power cut when it returns. Adding one again does
  /// no harm. Errors: invalid_input for a jti that is empty or too long; unavailable (a full disk,
  /// no permission); bad_data when the file is damaged. Then nothing was added.
  Result<void> add(std::span<const Revocation> revocations);

  /// All of them, by jti.
  /// Errors: as contains().
  [[nodiscard]] Result<std::vector<Revocation>> list() const;

  /// Removes what expired so long before `now` that no leeway can bring it back, and returns how
  /// many that were. Errors: unavailable, bad_data.
  Result<std::size_t> prune(UtcTime now);

  /// As prune(), but lines that are damaged are left out instead of being an error; returns how
  /// many were.
  Result<std::size_t> repair(UtcTime now);

 private:
  struct Counts {
    std::size_t pruned = 0;
    std::size_t damaged = 0;
  };

  [[nodiscard]] Result<bool> search(std::string_view jti) const;
  [[nodiscard]] Result<void> refresh();
  void forget();
  /// False when there is no file.
  [[nodiscard]] Result<bool> reopen();
  [[nodiscard]] Result<void> read_on();
  [[nodiscard]] Result<FileHandle> open_locked(int flags) const;
  [[nodiscard]] Result<Counts> rewrite(const FileHandle& locked, UtcTime now, Damage damage) const;
  [[nodiscard]] Error in_file(const Error& error) const;

  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };

  std::filesystem::path file_;
  std::size_t lookups_ = 0;
  std::unordered_set<std::string, TextHash, std::equal_to<>> known_;
  std::optional<FileHandle> known_file_ = std::nullopt;  ///< that known_ was read from
  std::size_t known_bytes_ = 0;                          ///< of it; up to there known_ holds it
};

}  // namespace btcw::token
