#include "btcw/notify/attachment.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <string>
#include <string_view>

#include "support/temp_folder.h"
#include "support/written_file.h"

using namespace btcw;  // NOLINT(google-build-using-namespace): half of the names of one folder

TEST_CASE("an attachment is a regular file that is not too large") {
  const test::TempFolder folder;
  const std::string content = std::string(40'000, 'x') + std::string(1, '\0') + "\xff";
  const auto file = test::written(folder, "chart\n1.png", content).string();

  const auto read = read_attachment(file, content.size());
  REQUIRE(read.has_value());
  CHECK(read->name == "chart 1.png");
  CHECK(read->content == content);

  CHECK(read_attachment(file, content.size() - 1).error().code == Errc::invalid_input);
  CHECK(read_attachment((folder / "gone").string(), 10).error().code == Errc::not_found);
  CHECK(read_attachment(folder.path().string(), 10).error().code == Errc::invalid_input);
  const std::string fifo = (folder / "fifo").string();
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  CHECK(read_attachment(fifo, 10).error().code == Errc::invalid_input);
  CHECK(read_attachment("/dev/null", 10).error().code == Errc::invalid_input);
  CHECK(read_attachment(file + "/x", 10).error().code == Errc::unavailable);
}

TEST_CASE("the boundary of a form is in none of its parts") {
  const Attachment file{.name = "a\"b\\c.txt", .content = "x btcw-5c1e0f7a9d y"};

  const HttpRequest request = multipart_post("http://h/", {{"k", "v btcw-5c1e0f7a9dx"}}, "f", file);

  CHECK(request.method == "POST");
  CHECK(request.headers[0].second == "multipart/form-data; boundary=btcw-5c1e0f7a9dxx");
  CHECK(request.body ==
        "--btcw-5c1e0f7a9dxx\r\nContent-Disposition: form-data; name=\"k\"\r\n\r\n"
        "v btcw-5c1e0f7a9dx\r\n"
        "--btcw-5c1e0f7a9dxx\r\nContent-Disposition: form-data; name=\"f\"; "
        "filename=\"a_b_c.txt\"\r\nContent-Type: application/octet-stream\r\n\r\n"
        "x btcw-5c1e0f7a9d y\r\n--btcw-5c1e0f7a9dxx--\r\n");
}

TEST_CASE("an attachment's name is the last part of its path") {
  CHECK(attachment_name("/a/b.png") == "b.png");
  CHECK(attachment_name("b.png") == "b.png");
  CHECK(attachment_name("/a/") == "attachment");
  CHECK(attachment_name("/a/\n") == "attachment");
}
