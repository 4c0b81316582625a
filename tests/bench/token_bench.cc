// Issuing and verifying in one process, with libcrypto's own MAC of the same bytes as the limit.
#include <benchmark/benchmark.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <string>
#include <string_view>

#include "btcw/token/claims.h"
#include "btcw/token/key_set.h"
#include "btcw/token/signer.h"
#include "btcw/token/verifier.h"

namespace {

using namespace btcw::token;

constexpr std::string_view kSecret = "0123456789abcdef0123456789abcdef";
const btcw::UtcTime kNow = btcw::from_unix_ms(1'800'000'000'000);

const KeySet& keys() {
  static const auto set = KeySet::read_secret(kSecret, {});
  return *set;
}

std::string sample() {
  Claims claims;
  claims.set_string("sub", "user-123456");
  return issue(*keys().keys().front(), claims, kNow).value();
}

void mac_limit(benchmark::State& state) {
  const std::string token = sample();
  const std::string text = token.substr(0, token.rfind('.'));
  EVP_MAC* const mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  EVP_MAC_CTX* const context = EVP_MAC_CTX_new(mac);
  std::string digest = "SHA256";
  const OSSL_PARAM params[] = {OSSL_PARAM_utf8_string("digest", digest.data(), digest.size()),
                               OSSL_PARAM_END};
  const auto* const secret = reinterpret_cast<const unsigned char*>(kSecret.data());
  EVP_MAC_init(context, secret, kSecret.size(), params);
  unsigned char out[64];
  for (auto _ : state) {
    std::size_t size = 0;
    EVP_MAC_init(context, nullptr, 0, nullptr);
    EVP_MAC_update(context, reinterpret_cast<const unsigned char*>(text.data()), text.size());
    EVP_MAC_final(context, out, &size, sizeof(out));
    benchmark::DoNotOptimize(out);
  }
  EVP_MAC_CTX_free(context);
  EVP_MAC_free(mac);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(mac_limit);

void token_issue(benchmark::State& state) {
  const Signer signer{*keys().keys().front()};
  std::string payload;
  std::string token;
  for (auto _ : state) {
    Claims claims;
    claims.set_string("sub", "user-123456");
    add_lifetime(claims, kNow, kUsualLifetime);
    payload.clear();
    token.clear();
    claims.append_json(payload);
    benchmark::DoNotOptimize(signer.sign(payload, token));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(token_issue);

void token_verify(benchmark::State& state) {
  const std::string token = sample();
  Verifier verifier{keys(), {}, nullptr};
  for (auto _ : state) {
    const auto decided = verifier.verify(token, kNow);
    if (!std::holds_alternative<Verified>(decided)) state.SkipWithError("refused");
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(token_verify);

// Two headers in turn: nothing remembered of the last one helps.
void token_verify_other_headers(benchmark::State& state) {
  const std::string tokens[] = {
      sample(), [] {
        std::string token;
        const Signer plain{*keys().keys().front(), ""};
        static_cast<void>(
            plain.sign(R"({"sub":"user-123456","iat":1800000000,"exp":1800086400})", token));
        return token;
      }()};
  Verifier verifier{keys(), {}, nullptr};
  std::size_t i = 0;
  for (auto _ : state) {
    const auto decided = verifier.verify(tokens[++i % 2], kNow);
    if (!std::holds_alternative<Verified>(decided)) state.SkipWithError("refused");
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(token_verify_other_headers);

}  // namespace
