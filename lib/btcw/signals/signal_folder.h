#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "btcw/base/log.h"
#include "btcw/base/result.h"
#include "btcw/base/time.h"
#include "btcw/signals/followed_file.h"
#include "btcw/store/journal.h"

namespace btcw {

/// A bot's folder of signals: what is new in it since the positions that a journal keeps.
///
/// *.jsonl, *.ndjson and *.log are followed, line by line, through rotation (the old file is read
/// to its end whatever its name is by now: a.log, a.log.1, a.log-20261122) and truncation, also
/// where it was copied before. Files that were rotated before the first look ever are history.
/// *.json are taken one by one, oldest first: once the journal has it, a file goes to DIR/.taken/,
/// or, if it is none, to DIR/.bad/; where the folder cannot be written to, the journal remembers
/// it. A *.json that cannot be read yet and is younger than 10 s is left for later. Links, folders
/// and other names are passed over. One thread uses an object.
class SignalFolder {
 public:
  static constexpr std::size_t kMaxFile = std::size_t{256} * 1024;
  static constexpr milliseconds kStillWritten = seconds{10};
  static constexpr std::string_view kPrefix = "signals/";

  /// `log` is borrowed, `journal` is asked now. Errors: those of the journal.
  static Result<SignalFolder> open(std::filesystem::path folder, Journal& journal, Log& log);

  /// One text that may be a signal, and where it stood, for messages.
  struct Item {
    std::string text;
    std::string where;
  };
  /// What is new, in order, at most about `max_bytes`; each call gives the same until taken().
  struct Batch {
    std::vector<Item> items;
    std::vector<Progress> progress;  ///< to be written together with what the items make
    bool more = false;
  };
  /// Errors: unavailable (the folder cannot be read).
  Result<Batch> look(UtcTime now, std::size_t max_bytes);
  /// The journal has the progress of the last batch.
  void taken();
  /// An item of the last batch is no signal: its file goes aside as a bad one.
  void bad(const Item& item);

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

 private:
  struct Single {
    std::string name;
    std::string key;
    bool is_bad = false;
  };
  struct Found {
    std::string name;
    FileIdentity identity;
    UtcTime written;
    std::uint64_t size = 0;
  };
  SignalFolder(std::filesystem::path folder, Log& log) : folder_{std::move(folder)}, log_{log} {}

  Result<std::vector<Found>> list();
  void open_new(const std::vector<Found>& found);
  void open_rotated(const std::vector<Found>& found);
  /// Where to read on; nullopt: not yet.
  [[nodiscard]] std::optional<FilePosition> position_in(const FollowedFile& rotated) const;
  void read_followed(const std::vector<Found>& found, UtcTime now, std::size_t max_bytes,
                     Batch& batch);
  void read_singles(const std::vector<Found>& found, UtcTime now, std::size_t max_bytes,
                    Batch& batch);
  void forget_gone(const std::vector<Found>& found, Batch& batch);
  [[nodiscard]] bool move_aside(const Single& single) const;
  void tell_once(const std::string& what, const std::string& message);

  struct Followed {
    FollowedFile file;
    std::string name;
    bool kept = false;  ///< the journal knows of it
    bool done = false;  ///< no name leads to it any more, and it is read to its end
    std::optional<FilePosition> read = std::nullopt;  ///< of the last batch
  };

  std::filesystem::path folder_;
  Log& log_;
  bool first_look_ = false;  ///< ever
  std::map<FileIdentity, Followed> followed_;
  std::map<std::string, std::string, std::less<>> known_;  ///< what the journal has
  std::vector<Single> singles_;                            ///< of the last batch
  std::vector<Progress> pending_;                          ///< likewise
  std::map<std::string, std::string, std::less<>> told_;
};

}  // namespace btcw
