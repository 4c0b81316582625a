#include "btcw/watch/rule_desk.h"

#include <algorithm>
#include <utility>

#include "btcw/rules/event_id.h"
#include "btcw/rules/rule_text.h"

namespace btcw {
namespace {

const RuleDesk::Sink& nobody() {
  static constexpr auto kIgnore = [](const AlertEvent&) {};
  static const RuleDesk::Sink kNobody{kIgnore};
  return kNobody;
}

}  // namespace

std::string event_id(const AlertEvent& event) {
  std::string name = event.alert.name;
  // The same alert of one exchange and of all of them are two.
  if (event.about.exchange) name.append("\n").append(event.about.exchange->text());
  return rules::event_id(name, event.about.symbol, event.event);
}

RuleDesk::RuleDesk(std::vector<Alert> alerts, std::span<const KeptState> states, Seeder seeder)
    : seeder_{std::move(seeder)} {
  for (const KeptState& kept : states) kept_[kept.alert + '\n' + kept.symbol] = kept;
  replace(std::move(alerts));
}

void RuleDesk::replace(std::vector<Alert> alerts) {
  // What the bindings remember is kept as a process before this one would have left it.
  for (const Binding& binding : bindings_) {
    const Alert& alert = alerts_[binding.alert];
    const SymbolRequest& about = instruments_[binding.instrument]->about;
    kept_[key_of(alert.name, about)] = {.alert = alert.name,
                                        .symbol = about.to_string(),
                                        .rule = alert.fingerprint,
                                        .state = to_text(binding.state)};
  }
  bindings_.clear();
  timers_.clear();
  changed_.clear();
  index_ = {};
  for (auto& instrument : instruments_) instrument->bindings.clear();
  for (auto& [symbol, book] : books_) {
    for (OtherPrice& price : book->prices) price.readers.clear();
  }
  alerts_ = std::move(alerts);
  for (auto& [symbol, book] : books_) bind_all(symbol, *book);
  for (const Alert& alert : alerts_) {
    for (const AlertTarget& target : alert.targets) {
      if (const auto request = target.request()) book_of(request->symbol);
    }
  }
  // A binding that goes on where it was waits as it did.
  for (Number number = 0; number < bindings_.size(); ++number) {
    const Instrument& instrument = *instruments_[bindings_[number].instrument];
    if (!instrument.last) continue;
    wait_for(number, reading_of(bindings_[number], instrument.last->received));
  }
}

RuleDesk::Book& RuleDesk::book_of(const Symbol& symbol) {
  const auto found = books_.find(symbol);
  if (found != books_.end()) return *found->second;
  Book& book = *books_.emplace(symbol, std::make_unique<Book>()).first->second;
  bind_all(symbol, book);
  return book;
}

void RuleDesk::bind_all(const Symbol& symbol, Book& book) {
  for (Number alert = 0; alert < alerts_.size(); ++alert) {
    for (const AlertTarget& target : alerts_[alert].targets) {
      if (target.matches(symbol)) bind(alert, target, symbol, book);
    }
  }
  seed(book);
}

void RuleDesk::bind(Number alert, const AlertTarget& target, const Symbol& symbol, Book& book) {
  const SymbolRequest about{symbol, target.exchange};
  const Number place = instrument_of(about, book);
  Instrument& instrument = *instruments_[place];
  // "BTC/USDT" and "*/USDT" of one alert are one; it would be the last, for alerts come in order.
  const auto& bound = instrument.bindings;
  if (!bound.empty() && bindings_[bound.back()].alert == alert) return;
  const auto number = static_cast<Number>(bindings_.size());
  Binding& binding =
      bindings_.emplace_back(Binding{.alert = alert, .instrument = place, .book = &book});
  instrument.bindings.push_back(number);
  restore(binding, alerts_[alert], about);
  connect(binding, number);
  index_.add(place, number, alerts_[alert].rule);
}

RuleDesk::Number RuleDesk::instrument_of(const SymbolRequest& about, Book& book) {
  if (!about.exchange && book.any) return *book.any;
  for (const Number number : book.pinned) {
    if (about.exchange && instruments_[number]->about.exchange == about.exchange) return number;
  }
  const auto number = static_cast<Number>(instruments_.size());
  instruments_.push_back(std::make_unique<Instrument>(Instrument{.about = about}));
  if (about.exchange) {
    book.pinned.push_back(number);
  } else {
    book.any = number;
  }
  return number;
}

void RuleDesk::connect(Binding& binding, Number number) {
  const rules::Expression& condition = alerts_[binding.alert].rule.condition;
  Instrument& instrument = *instruments_[binding.instrument];
  for (const IndicatorRequest& request : condition.indicators) {
    binding.indicators.push_back(instrument.indicators.add(request));
  }
  for (const ExchangeName& exchange : condition.exchanges) {
    auto& prices = binding.book->prices;
    auto found = std::find_if(prices.begin(), prices.end(),
                              [&](const OtherPrice& price) { return price.exchange == exchange; });
    if (found == prices.end()) found = prices.insert(found, OtherPrice{.exchange = exchange});
    found->readers.push_back(number);
    binding.prices.push_back(static_cast<std::size_t>(found - prices.begin()));
  }
}

void RuleDesk::restore(Binding& binding, const Alert& alert, const SymbolRequest& about) {
  const auto kept = kept_.find(key_of(alert.name, about));
  if (kept == kept_.end()) return;
  if (kept->second.rule == alert.fingerprint) {
    // A state that cannot be read is none.
    if (const auto state = rules::parse_state(kept->second.state)) binding.state = *state;
  }
  kept_.erase(kept);
}

void RuleDesk::on_ticker(const Ticker& ticker, Answers answers, Sink sink) {
  take(ticker, answers, Mode::judge, sink);
}

void RuleDesk::skip_ticker(const Ticker& ticker, Answers answers) {
  take(ticker, answers, Mode::skip, nobody());
}

void RuleDesk::resume(UtcTime now) {
  for (Number number = 0; number < bindings_.size(); ++number) {
    wait_for(number, reading_of(bindings_[number], now));
  }
}

void RuleDesk::take(const Ticker& ticker, Answers answers, Mode mode, Sink sink) {
  Book& book = book_of(ticker.symbol);
  for (OtherPrice& price : book.prices) {
    if (price.exchange == ticker.exchange) price.price = ticker.last;
  }
  if (answers == Answers::any && book.any) take_instrument(*book.any, ticker, mode, sink);
  for (const Number number : book.pinned) {
    if (instruments_[number]->about.exchange == ticker.exchange) {
      take_instrument(number, ticker, mode, sink);
    }
  }
  if (mode == Mode::judge && !book.prices.empty()) judge_readers(book, ticker, sink);
}

void RuleDesk::take_instrument(Number number, const Ticker& ticker, Mode mode, Sink sink) {
  Instrument& instrument = *instruments_[number];
  instrument.last = ticker;
  if (!instrument.indicators.empty()) {
    instrument.indicators.add_price(ticker.received, ticker.last);
    instrument.indicators.take_needs([&](std::size_t feed, const PastNeed& need) {
      questions_.push_back({instrument.about, ticker.exchange, need, number, feed});
    });
  }
  index_.on_ticker(number, ticker, [&](Number binding) {
    if (mode == Mode::judge) judge(binding, ticker.received, sink);
  });
}

void RuleDesk::judge_readers(const Book& book, const Ticker& ticker, Sink sink) {
  for (const OtherPrice& price : book.prices) {
    if (price.exchange != ticker.exchange) continue;
    for (const Number reader : price.readers) {
      const auto& last = instruments_[bindings_[reader].instrument]->last;
      const bool is_judged =
          last && last->received == ticker.received && last->exchange == ticker.exchange;
      if (!is_judged) judge(reader, ticker.received, sink);
    }
  }
}

rules::Reading RuleDesk::reading_of(const Binding& binding, UtcTime now) const {
  const Instrument& instrument = *instruments_[binding.instrument];
  values_.clear();
  for (const std::size_t place : binding.indicators) {
    values_.push_back(instrument.indicators.value(place));
  }
  prices_.clear();
  for (const std::size_t place : binding.prices) {
    prices_.push_back(binding.book->prices[place].price);
  }
  return {.ticker = instrument.last ? &*instrument.last : nullptr,
          .now = now,
          .indicators = values_,
          .prices = prices_};
}

void RuleDesk::judge(Number number, UtcTime now, Sink sink) {
  Binding& binding = bindings_[number];
  const Alert& alert = alerts_[binding.alert];
  const rules::Reading reading = reading_of(binding, now);
  rules::Judgement judgement = evaluate(alert.rule, binding.state, reading);
  if (judgement.state != binding.state) {
    binding.state = judgement.state;
    if (!binding.changed) changed_.push_back(number);
    binding.changed = true;
  }
  if (judgement.event) {
    sink({alert, instruments_[binding.instrument]->about, reading, *judgement.event});
  }
  wait_for(number, reading);
}

void RuleDesk::wait_for(Number number, const rules::Reading& reading) {
  Binding& binding = bindings_[number];
  binding.due = next_look(alerts_[binding.alert].rule, binding.state, reading);
  if (binding.due) wake_at(number, *binding.due);
}

void RuleDesk::wake_at(Number number, UtcTime due) {
  Binding& binding = bindings_[number];
  binding.due = due;
  // One that is queued for an earlier time is queued again when that comes.
  if (due >= binding.queued) return;
  binding.queued = due;
  timers_.push_back({due, number});
  std::push_heap(timers_.begin(), timers_.end(), later);
}

std::optional<UtcTime> RuleDesk::due() const {
  if (timers_.empty()) return std::nullopt;
  return timers_.front().at;
}

void RuleDesk::on_time(UtcTime now, Time time, Sink sink) {
  while (!timers_.empty() && timers_.front().at <= now) {
    const Timer timer = timers_.front();
    std::pop_heap(timers_.begin(), timers_.end(), later);
    timers_.pop_back();
    Binding& binding = bindings_[timer.binding];
    if (timer.at != binding.queued) continue;  // it was queued for an earlier time since
    binding.queued = UtcTime::max();
    if (!binding.due) continue;
    if (*binding.due > timer.at) {
      binding.queued = *binding.due;
      timers_.push_back({binding.queued, timer.binding});
      std::push_heap(timers_.begin(), timers_.end(), later);
      continue;
    }
    judge(timer.binding, time == Time::real ? now : timer.at, sink);
  }
}

std::string RuleDesk::key_of(std::string_view alert, const SymbolRequest& about) {
  return std::string{alert} + '\n' + about.to_string();
}

}  // namespace btcw
