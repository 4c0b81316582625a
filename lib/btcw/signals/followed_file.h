#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/file_descriptor.h"
#include "btcw/base/result.h"

namespace btcw {

/// Which file a name leads to.
struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;

  /// "2049-123456".
  [[nodiscard]] std::string to_string() const;
  friend auto operator<=>(const FileIdentity&, const FileIdentity&) = default;
};

/// How far a file has been read. `head` are the first bytes it had then: another head means that it
/// was emptied and written anew.
struct FilePosition {
  std::uint64_t offset = 0;
  std::string head = {};

  /// As a text that read() reads back; nullopt: it is none.
  [[nodiscard]] std::string to_text() const;
  static std::optional<FilePosition> read(std::string_view text);

  friend bool operator==(const FilePosition&, const FilePosition&) = default;
};

/// A growing file of lines that is read from where one stopped, also when its name leads elsewhere
/// by now. One thread uses an object.
class FollowedFile {
 public:
  static constexpr std::size_t kMaxLine = std::size_t{64} * 1024;
  static constexpr std::size_t kHeadBytes = 256;

  /// Opens without following a symbolic link. Errors: unavailable; rejected for what is no file.
  static Result<FollowedFile> open(const std::string& path);

  [[nodiscard]] FileIdentity identity() const { return identity_; }
  [[nodiscard]] const FilePosition& position() const { return position_; }
  void resume(FilePosition position) { position_ = std::move(position); }

  struct Lines {
    std::vector<std::string> lines;
    FilePosition position;  ///< behind them
    bool more = false;      ///< there is more to read at once
    bool began_anew = false;
    std::size_t too_long = 0;  ///< lines that were passed over
  };
  enum class Ending {
    growing,  ///< a line without its end is still being written
    final,    ///< nobody writes any more: it is a line
  };
  /// The next lines, at most about `max_bytes` of them; the position stays until moved().
  /// Errors: unavailable.
  [[nodiscard]] Result<Lines> read(std::size_t max_bytes, Ending ending) const;
  /// All of it. Errors: unavailable (more than `max_bytes`).
  [[nodiscard]] Result<std::string> read_all(std::size_t max_bytes) const;
  /// Whether what was read of it is still there: it was not emptied. An unreadable file is.
  [[nodiscard]] bool is_intact() const;
  /// Its end, for what is not to be read. Errors: unavailable.
  [[nodiscard]] Result<FilePosition> end() const;
  void moved(FilePosition position) { position_ = std::move(position); }

 private:
  FollowedFile(FileDescriptor file, FileIdentity identity)
      : file_{std::move(file)}, identity_{identity} {}

  FileDescriptor file_;
  FileIdentity identity_;
  FilePosition position_;
};

}  // namespace btcw
