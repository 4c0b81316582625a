#pragma once

#include <string>

namespace btcw {

/// Where the system keeps the certificates of the authorities that it trusts.
///
/// The folder is tried first, and the bundle when it does not vouch for a certificate. Reading the
/// bundle costs 15 ms and a megabyte; of the folder only the files that are needed are read.
struct SystemTrust {
  std::string folder = {};  ///< of files named by hash; empty: there is none
  std::string bundle = {};  ///< a PEM file; empty: there is none
};

/// What curl was built with, the folder only if it holds files named by hash.
SystemTrust find_system_trust();

/// Whether `folder` holds a file that is named by the hash of a certificate: "002c0b4f.0".
bool is_hashed_folder(const std::string& folder);

}  // namespace btcw
