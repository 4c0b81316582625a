# The executable, the two libraries, the headers, a CMake package and a .pc.
include(CMakePackageConfigHelpers)

# Bundled libraries carry no run path: the executable finds the network module relative to itself.
install(TARGETS btcw RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS btcw_shared EXPORT btcwTargets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS btcw_net btcw_crypto btcw_store LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/btcw)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/lib/btcw DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(FILES ${PROJECT_SOURCE_DIR}/config.example.toml ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/LICENSE
        DESTINATION ${CMAKE_INSTALL_DOCDIR} OPTIONAL)
install(FILES ${PROJECT_SOURCE_DIR}/cli/man/btcw.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 OPTIONAL)
install(FILES ${PROJECT_SOURCE_DIR}/cli/completions/btcw.bash
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME btcw OPTIONAL)
install(FILES ${PROJECT_SOURCE_DIR}/cli/completions/_btcw DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions OPTIONAL)
install(FILES ${PROJECT_SOURCE_DIR}/cli/completions/btcw.fish
        DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d OPTIONAL)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/btcw)
install(EXPORT btcwTargets NAMESPACE btcw:: DESTINATION ${package_dir})
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/btcwConfig.cmake.in ${PROJECT_BINARY_DIR}/btcwConfig.cmake
                              INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/btcwConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/btcwConfig.cmake ${PROJECT_BINARY_DIR}/btcwConfigVersion.cmake DESTINATION ${package_dir})

file(RELATIVE_PATH prefix_from_pc ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
configure_file(${PROJECT_SOURCE_DIR}/cmake/btcw.pc.in ${PROJECT_BINARY_DIR}/btcw.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/btcw.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
