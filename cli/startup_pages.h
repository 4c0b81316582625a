#pragma once

namespace btcw::cli {

/// Gives back the memory of code that so far only the start needed: options, configuration, the
/// constructors of libraries. What is needed again comes back from the page cache when it is
/// touched. For commands that stay; takes some 50 µs. Nothing happens where the system refuses.
void release_startup_pages();

}  // namespace btcw::cli
