# The flags of every target of the project.
add_library(btcw_flags INTERFACE)
target_compile_options(btcw_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Wcast-qual -Wformat=2
  -Wmissing-declarations -Wswitch-enum -Wextra-semi
  -fvisibility-inlines-hidden -fstack-protector-strong)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(btcw_flags INTERFACE
    -Wduplicated-cond -Wduplicated-branches -Wlogical-op -Wsuggest-override -fno-semantic-interposition)
endif()
if(BTCW_WERROR)
  target_compile_options(btcw_flags INTERFACE -Werror)
endif()
if(BTCW_SANITIZE)
  target_compile_options(btcw_flags INTERFACE -fsanitize=${BTCW_SANITIZE} -fno-omit-frame-pointer
                                              -fno-sanitize-recover=all)
  target_compile_definitions(btcw_flags INTERFACE _GLIBCXX_ASSERTIONS)
  target_link_options(btcw_flags INTERFACE -fsanitize=${BTCW_SANITIZE})
  # Asio's fences: what they order is under a mutex, too, which is what the sanitizer sees.
  if(BTCW_SANITIZE MATCHES thread AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(btcw_flags INTERFACE -Wno-tsan)
  endif()
endif()
target_include_directories(btcw_flags INTERFACE ${PROJECT_SOURCE_DIR}/lib)

find_program(BTCW_CCACHE ccache)
if(BTCW_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # base_dir and no hash_dir: checkouts in different folders share their objects. The rest is what precompiled headers ask for.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${BTCW_CCACHE})
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # ccache needs it to see through a precompiled header.
  target_compile_options(btcw_flags INTERFACE -fpch-preprocess)
endif()
