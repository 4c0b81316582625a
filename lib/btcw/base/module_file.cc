#include "btcw/base/module_file.h"

#include <dlfcn.h>

#include <array>
#include <filesystem>
#include <string>
#include <system_error>

namespace btcw {
namespace {

namespace fs = std::filesystem;

// The folder of the executable or library that holds this function.
fs::path own_folder() {
  Dl_info info{};
  std::error_code error;
  const auto* const here = reinterpret_cast<const void*>(&load_module);
  const bool found = dladdr(here, &info) != 0 && info.dli_fname != nullptr;
  const fs::path file = found ? fs::path{info.dli_fname} : fs::path{};
  // For the executable it is only what it was called by.
  if (file.filename().string().find(".so") == std::string::npos) {
    return fs::read_symlink("/proc/self/exe", error).parent_path();
  }
  return fs::canonical(file, error).parent_path();
}

}  // namespace

Result<void*> load_module(std::string_view file_name, const char* entry) {
  const fs::path folder = own_folder();
  const std::array candidates{folder / file_name, folder / "btcw" / file_name,
                              folder / BTCW_MODULE_FROM_BIN / file_name};
  for (const fs::path& candidate : candidates) {
    std::error_code error;
    if (!fs::exists(candidate, error)) continue;
    void* const module = dlopen(candidate.c_str(), RTLD_NOW | RTLD_LOCAL);
    void* const address = module == nullptr ? nullptr : dlsym(module, entry);
    if (address != nullptr) return address;
    const char* const reason = dlerror();
    return Error{Errc::unavailable, "cannot load " + std::string{file_name} + ": " +
                                        (reason == nullptr ? "no reason given" : reason)};
  }
  return Error{Errc::unavailable,
               "cannot find " + std::string{file_name} + " in " + folder.string()};
}

}  // namespace btcw
