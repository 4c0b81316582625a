# fish completion of btcw(1). Options are held against --help by a test.

set -l exchanges binance binanceus coinbase kraken okx bybit bitstamp gemini kucoin gate htx bitfinex mexc bitget cryptocom coingecko demo

complete -c btcw -f
complete -c btcw -s h -l help -d 'Show the help'
complete -c btcw -l version -d 'Show the version'
complete -c btcw -l config -r -F -d 'Read this configuration file'
complete -c btcw -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c btcw -s v -l verbose -d 'Say more on stderr'
complete -c btcw -l log-format -x -a 'text json' -d 'How stderr is written'
complete -c btcw -l color -x -a 'auto always never' -d 'When to use colour'

complete -c btcw -n __fish_use_subcommand -a price -d 'Print prices'
complete -c btcw -n '__fish_seen_subcommand_from price' -s e -l exchange -x -a "$exchanges" -d 'Ask these exchanges only'
complete -c btcw -n '__fish_seen_subcommand_from price' -s a -l all-exchanges -d 'One row an exchange, with median and spread'
complete -c btcw -n '__fish_seen_subcommand_from price' -s m -l max-age -x -d 'A cached price up to this old will do'
complete -c btcw -n '__fish_seen_subcommand_from price' -l offline -d 'Never touch the network'
complete -c btcw -n '__fish_seen_subcommand_from price' -l refresh -d 'Ask the exchanges even if the cache has a price'
complete -c btcw -n '__fish_seen_subcommand_from price' -l fail-stale -d 'Print nothing rather than a price that is too old'
complete -c btcw -n '__fish_seen_subcommand_from price' -s f -l format -x -a 'table plain json ndjson csv tsv' -d 'How to print'
complete -c btcw -n '__fish_seen_subcommand_from price' -s j -l json -d 'The same as --format json'
complete -c btcw -n '__fish_seen_subcommand_from price' -l template -x -d 'Print this line for each price'
