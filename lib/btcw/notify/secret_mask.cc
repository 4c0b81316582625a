#include "btcw/notify/secret_mask.h"

#include <algorithm>
#include <utility>

#include "btcw/base/percent.h"
#include "btcw/notify/base_url.h"
#include "btcw/notify/json_writer.h"

namespace btcw {

void SecretMask::add_form(std::string form) {
  const auto place = std::find_if(forms_.begin(), forms_.end(), [&](const Secret& known) {
    return known.reveal().size() <= form.size();
  });
  if (place != forms_.end() && place->reveal() == form) return;
  forms_.insert(place, Secret{std::move(form)});
}

void SecretMask::add(std::string_view secret) {
  if (secret.empty()) return;
  add_form(std::string{secret});
  if (std::string encoded = percent_encode(secret); encoded != secret) {
    add_form(std::move(encoded));
  }
  std::string escaped = json_string(secret);
  escaped = escaped.substr(1, escaped.size() - 2);
  if (escaped != secret) add_form(std::move(escaped));
}

void SecretMask::add_address(std::string_view url) {
  const std::string_view host = host_of(url);
  const auto path = static_cast<std::size_t>(host.data() - url.data()) + host.size() + 1;
  if (path >= url.size()) return;
  add(url.substr(path));
  // A service that quotes what it got may quote the last part of it only.
  const std::size_t last = url.find_last_of("/=");
  if (last + 1 > path && url.size() - last > 8) add(url.substr(last + 1));
}

std::string SecretMask::apply(std::string_view text) const {
  std::string out;
  while (!text.empty()) {
    const auto hidden = std::find_if(forms_.begin(), forms_.end(), [&](const Secret& form) {
      return text.starts_with(form.reveal());
    });
    if (hidden == forms_.end()) {
      out += text[0];
      text.remove_prefix(1);
      continue;
    }
    out += kMasked;
    text.remove_prefix(hidden->reveal().size());
  }
  return out;
}

}  // namespace btcw
