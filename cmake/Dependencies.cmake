find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CURL REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(simdjson REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(CLI11 REQUIRED)
find_package(absl REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(ZLIB REQUIRED)
pkg_check_modules(HIREDIS REQUIRED IMPORTED_TARGET hiredis)

# Header-only on purpose: Debian's libtomlplusplus is shared only and would bring the shared C++ runtime along.
add_library(btcw_toml INTERFACE)
target_compile_definitions(btcw_toml INTERFACE TOML_HEADER_ONLY=1 TOML_EXCEPTIONS=0)

# Boost's headers raise warnings of ours; as system headers they do not.
add_library(btcw_boost INTERFACE)
target_include_directories(btcw_boost SYSTEM INTERFACE ${Boost_INCLUDE_DIRS})
target_compile_definitions(btcw_boost INTERFACE BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_VISIBILITY)
target_link_libraries(btcw_boost INTERFACE Threads::Threads)

# The headers alone: what is linked differs with BTCW_STATIC_RUNTIME.
add_library(btcw_absl_headers INTERFACE)
target_include_directories(btcw_absl_headers SYSTEM INTERFACE $<TARGET_PROPERTY:absl::time,INTERFACE_INCLUDE_DIRECTORIES>)

if(BTCW_STATIC_RUNTIME)
  foreach(part time time_zone int128)
    find_library(BTCW_ABSL_${part}_STATIC libabsl_${part}.a REQUIRED)
    list(APPEND BTCW_ABSL_STATIC ${BTCW_ABSL_${part}_STATIC})
  endforeach()
  find_library(BTCW_CRYPTO_STATIC libcrypto.a REQUIRED)
endif()
